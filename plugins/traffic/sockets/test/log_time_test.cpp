// SPDX-License-Identifier: Apache-2.0
#include "sockets/log_time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace morgana::sockets {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// 2017-05-08 10:00:32 UTC, as `date -u -d @1494237632` says.
constexpr std::int64_t kMonday = 1494237632 * kSecond;

TEST(LogTime, ReadsWhatClocksPrint) {
  EXPECT_EQ(time_of("1494237632"), kMonday);
  EXPECT_EQ(time_of("1494237632.25"), kMonday + kSecond / 4);
  EXPECT_EQ(time_of("1494237632.123456789"), kMonday + 123456789);
  EXPECT_EQ(time_of("1494237632250"), kMonday + kSecond / 4);
  EXPECT_EQ(time_of("1494237632250000"), kMonday + kSecond / 4);
  EXPECT_EQ(time_of("1494237632250000000"), kMonday + kSecond / 4);
  EXPECT_EQ(time_of("2017-05-08T10:00:32Z"), kMonday);
  EXPECT_EQ(time_of("2017-05-08 10:00:32"), kMonday);
  EXPECT_EQ(time_of("2017/05/08 10:00:32.5"), kMonday + kSecond / 2);
  EXPECT_EQ(time_of("2017-05-08T12:00:32+02:00"), kMonday);
  EXPECT_EQ(time_of("2017-05-08T05:00:32.250000000-0500"), kMonday + kSecond / 4);
  EXPECT_EQ(time_of("2017-05-08 10:00:32 UTC"), kMonday);
  EXPECT_EQ(time_of("Mon May  8 10:00:32 UTC 2017"), kMonday);
  EXPECT_EQ(time_of("Mon 08 May 2017 10:00:32 AM UTC"), kMonday);
  EXPECT_EQ(time_of("Mon 08 May 2017 12:00:32 AM UTC"), kMonday - 10 * 3600 * kSecond);
  EXPECT_EQ(time_of("Mon, 08 May 2017 12:00:32 +0200"), kMonday);
  EXPECT_EQ(time_of("00:00:02.000001"), 2 * kSecond + 1000);
  EXPECT_EQ(time_of("9199999999.999999999"), 9199999999 * kSecond + 999999999);
}

TEST(LogTime, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "4711", "123456789012", "2017-13-08T10:00:32Z", "2017-02-30 10:00:32", "25:00:00", "tcp", "10.0.0.2:443",
        "9999-01-01 00:00:00", "Mon May 8 10:00:32", "1494237632.", "1494237632.x", "2017-05-08T10:00:32+99:00",
        "1494237632 tcp", "9999999999", "9223372037.5", "9999999999999", "9999999999999999", "9999999999999999999"})
    EXPECT_EQ(time_of(text), std::nullopt) << text;
}

TEST(LogTime, TakesATimeFromTheFrontOfALine) {
  const auto rest_of = [](std::string_view line) {
    const auto time = take_time(line);
    return std::string(time ? "taken: " : "left: ") + std::string(line);
  };
  EXPECT_EQ(rest_of("1494237632.5 tcp 0 0"), "taken: tcp 0 0");
  EXPECT_EQ(rest_of("[2017-05-08 10:00:32] tcp 0"), "taken: tcp 0");
  EXPECT_EQ(rest_of("2017-05-08T10:00:32Z tcp"), "taken: tcp");
  EXPECT_EQ(rest_of("10:00:32.123456 connect(3"), "taken: connect(3");
  EXPECT_EQ(rest_of("4711 connect(3"), "left: 4711 connect(3");
  EXPECT_EQ(rest_of("[pid 4711] connect(3"), "left: [pid 4711] connect(3");
}

}  // namespace
}  // namespace morgana::sockets
