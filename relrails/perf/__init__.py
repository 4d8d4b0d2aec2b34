"""Two programs measured turn by turn, and the report that says what may be believed of it."""
