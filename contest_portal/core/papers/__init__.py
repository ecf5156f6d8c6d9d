"""Papers people print and sign: documents as Decree 30/2020/NĐ-CP lays them out, PDF, QR codes."""
