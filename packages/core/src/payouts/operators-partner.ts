/** The partner under whose name the operator's own payouts are booked. */
export const operatorsPartner = '@operator'
