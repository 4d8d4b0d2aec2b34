"""README's pictures, drawn from the evidence of a sprint: the same evidence gives the same bytes."""

from staging.pictures.drawing import drawn as drawn
from staging.pictures.drawing import pictures as pictures
