"""The package of a year for an archive: an E-ARK information package (CSIP and SIP 2.1.0), which FGS
Paketstruktur 2.0 is."""
