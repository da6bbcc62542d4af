"""Arms of the pipeline compared on people's labels (RH; protocols.md section 2, "report")."""
