"""What is written of acts for many records: choosing, previewing, confirming, carrying out."""
