"""Medical records: prescriptions, certificates, documents, and how long they are kept."""
