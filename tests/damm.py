"""Numbers with a check digit after H. M. Damm."""
QUASIGROUP = ("0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
              "3674209581", "5869720134", "8945362017", "9438617205", "2581436790")


def damm(digits):
    interim = 0
    for digit in digits:
        interim = int(QUASIGROUP[interim][int(digit)])
    return digits + str(interim)
