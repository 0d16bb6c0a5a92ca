"""HTTP: the API and the page over the view (`app`), and the small web of the worker (`health`). Nothing here writes."""
