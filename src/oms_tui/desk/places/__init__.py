"""Places: address rules, phones and countries, offline. The libraries' data is read at the first question."""
