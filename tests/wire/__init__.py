"""The golden exchanges beside this file, and their placeholders. Knows neither dialects nor simulator."""
