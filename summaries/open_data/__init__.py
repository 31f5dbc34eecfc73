"""A published table in the formats that statistical offices exchange: PX, JSON-stat and SDMX-CSV. Pure."""
