"""Agreement among raters: coefficients of histograms and of confusion tables."""
