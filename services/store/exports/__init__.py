"""Records as files: CSV, XLSX, Parquet, JSON lines, data packages; streamed, however many there are."""
