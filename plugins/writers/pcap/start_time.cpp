// SPDX-License-Identifier: Apache-2.0
#include "start_time.hpp"

#include <chrono>
#include <cstdio>

#include "morgana/error.hpp"

namespace morgana::write_pcap {

std::int64_t parse_start(const std::string& text) {
  int year = 0, hour = 0, minute = 0, second = 0, end = 0;
  unsigned month = 0, day = 0;
  const int fields =
      std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ%n", &year, &month, &day, &hour, &minute, &second, &end);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (fields != 6 || end == 0 || static_cast<std::size_t>(end) != text.size() || !date.ok() || year < 1970 ||
      year > 2105 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    throw Error("the start \"{}\" is no time from 1970 to 2105", text)
        .hint("write it as \"2020-01-01T00:00:00Z\", in UTC");
  const auto time = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                    std::chrono::seconds(second);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace morgana::write_pcap
