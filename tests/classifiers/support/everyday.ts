/** Numbers of everyday text, of which none identifies anybody. */
export const everyday = [
  "It took 12 days, 3 hours and 45 minutes.",
  "Revenue rose 4.7% to $1,234,567.89 in 2023.",
  "See pages 112-118 of volume 23, number 4.",
  "The meeting is at 14:30 on 2024-05-06.",
  "Version 2.14.3-rc.1 fixes #4521.",
  "Order A-7 ships in boxes of 24.",
  "pi is 3.14159265358979",
  "There were 1 000 000 people and 12 345 dogs.",
  "Scores: 21-19, 18-21, 21-17.",
  "ISBN 978-3-16-148410-0",
  "Room 404, floor 12, seat 17C.",
  "the ratio 16:9 at 1920x1080 and 60 Hz",
  "Sections 3.1.4 and 12(b) apply from 1 January 1999 to 31 December 2001.",
  "He ran 42.195 km in 2:03:59.",
  "chapter 7 verse 12, lines 1-99",
  "Temperature: -40.0 to 212 degrees, 0.5 mg per 100 ml",
];
