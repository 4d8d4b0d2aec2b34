"""The evidence of a sprint: folders of files, each with an index that says what shows what, and a check of it."""

from relrails.dossier.checking import Finding as Finding
from relrails.dossier.checking import check as check
from relrails.dossier.indexing import write_index as write_index
from relrails.dossier.indexing import write_root as write_root
from relrails.dossier.kinds import KINDS as KINDS
from relrails.dossier.values import Entry as Entry
from relrails.dossier.values import Folder as Folder
from relrails.dossier.values import Gate as Gate
