"""SQL: what people read and what must outlive Temporal. Knows the models, nothing else of ours."""
