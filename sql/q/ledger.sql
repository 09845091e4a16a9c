-- The books as others read them: partylinectl export ledger.

-- name: ledger_snapshot   All that follows sees the same moment.
START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;

-- name: ledger_accounts   Holders by number, never by name; certificates by id, their numbers are secret. Balances are credits less debits.
SELECT a.id, k.class, k.title, a.market, coalesce(d.number, 'C' || a.owner_id, 'G' || a.certificate_id, t.code, ''), a.currency,
       m.exponent, CASE WHEN a.till_id IS NULL THEN a.balance ELSE -a.balance END
  FROM account a
  JOIN account_kind k ON k.kind = a.kind
  JOIN market m ON m.code = a.market
  LEFT JOIN distributor d ON d.id = a.owner_id
  LEFT JOIN till t ON t.id = a.till_id
 ORDER BY a.id;

-- name: ledger_transfers   In the order in which they were booked; the day is the market's.
SELECT j.id, to_char((j.at AT TIME ZONE m.zone)::date, 'YYYY-MM-DD'), j.kind, j.ref, t.debit_id, t.credit_id, t.amount
  FROM journal j
  JOIN transfer t ON t.journal_id = j.id
  JOIN account a ON a.id = t.debit_id
  JOIN market m ON m.code = a.market
 ORDER BY j.id, t.id;
