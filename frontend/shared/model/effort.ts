/** How many lives are lived: a few with every change, many when it is to be proven. */
export const lives = Number(process.env.SHOPBELL_TEST_LIVES ?? 60)
export const thorough = lives >= 500
