"""SMS through a gateway on a phone, in the protocol of SMS Gateway for Android (sms-gate.app)."""
