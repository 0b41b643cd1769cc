"""The tests of sora_nb: one file per module, wire/ for golden exchanges, browser/ for what people see."""
