// SPDX-License-Identifier: Apache-2.0
#include "sockets/log_time.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "sockets/fields.hpp"

namespace morgana::sockets {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

bool are_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// ".25" as nanoseconds.
std::optional<std::int64_t> fraction_of(std::string_view text) {
  if (text.empty()) return 0;
  if ((text[0] != '.' && text[0] != ',') || !are_digits(text.substr(1))) return std::nullopt;
  std::int64_t nanoseconds = 0, unit = kSecond / 10;
  for (const char c : text.substr(1, 9)) {
    nanoseconds += (c - '0') * unit;
    unit /= 10;
  }
  return nanoseconds;
}

std::optional<std::int64_t> epoch_of(std::string_view text) {
  const auto point = std::min(text.find('.'), text.size());
  const auto whole = text.substr(0, point);
  const auto fraction = fraction_of(text.substr(point));
  const auto number = number_of<std::int64_t>(whole);
  if (!are_digits(whole) || !number || !fraction) return std::nullopt;
  // 64 bits of nanoseconds end in 2262.
  if (whole.size() < 19 && whole.substr(0, 2) >= "92") return std::nullopt;
  if (whole.size() == 10) return *number * kSecond + *fraction;
  if (point != text.size()) return std::nullopt;
  if (whole.size() == 13) return *number * 1'000'000;
  if (whole.size() == 16) return *number * 1'000;
  if (whole.size() == 19) return *number;
  return std::nullopt;
}

/// "10:00:32.5" since midnight.
std::optional<std::int64_t> clock_of(std::string_view text) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hour = number_of<int>(text.substr(0, 2)), minute = number_of<int>(text.substr(3, 2)),
             second = number_of<int>(text.substr(6, 2));
  const auto fraction = fraction_of(text.substr(8));
  if (!hour || !minute || !second || !fraction || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return (*hour * 3600 + *minute * 60 + *second) * kSecond + *fraction;
}

std::optional<std::int64_t> day_of(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  // The years that 64 bits of nanoseconds hold.
  if (!date.ok() || year < 1970 || year > 2200) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400} * kSecond;
}

/// "Z", "+02:00", "-0500", or nothing at all.
std::optional<std::int64_t> offset_of(std::string_view text) {
  if (text.empty() || text == "Z" || text == "UTC") return 0;
  const bool negative = text[0] == '-';
  if (!negative && text[0] != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = number_of<int>(text.substr(0, 2));
  const auto rest = text.size() > 2 ? text.substr(text[2] == ':' ? 3 : 2) : std::string_view("00");
  const auto minutes = number_of<int>(rest);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  return (negative ? -1 : 1) * (*hours * 3600 + *minutes * 60) * kSecond;
}

std::optional<std::int64_t> iso_of(std::string_view text) {
  if (text.size() < 19 || (text[4] != '-' && text[4] != '/') || text[7] != text[4]) return std::nullopt;
  if (text[10] != 'T' && text[10] != ' ' && text[10] != '_') return std::nullopt;
  const auto year = number_of<int>(text.substr(0, 4));
  const auto month = number_of<unsigned>(text.substr(5, 2)), day = number_of<unsigned>(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  auto rest = text.substr(11);
  const auto zone = std::min(rest.find_first_of("Z+- U", 8), rest.size());
  const auto date = day_of(*year, *month, *day), clock = clock_of(rest.substr(0, zone)),
             offset = offset_of(trimmed(rest.substr(zone)));
  if (!date || !clock || !offset) return std::nullopt;
  return *date + *clock - *offset;
}

/// As date(1) prints it: the words in whatever order the locale has them.
std::optional<std::int64_t> date_of(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::optional<std::int64_t> clock;
  std::optional<unsigned> month, day;
  std::optional<int> year;
  bool afternoon = false, has_half = false;
  std::int64_t offset = 0;
  const auto words = fields_of(text);
  if (words.size() < 5 || words.size() > 8) return std::nullopt;
  for (auto word : words) {
    if (word.ends_with(',')) word.remove_suffix(1);
    const auto known = std::find(kMonths.begin(), kMonths.end(), word.substr(0, 3));
    if (const auto time = clock_of(word)) clock = time;
    else if (known != kMonths.end()) month = static_cast<unsigned>(known - kMonths.begin()) + 1;
    else if (are_digits(word) && word.size() == 4) year = number_of<int>(word);
    else if (are_digits(word) && word.size() <= 2) day = number_of<unsigned>(word);
    else if (word == "AM" || word == "PM") has_half = true, afternoon = word == "PM";
    else if (const auto zone = offset_of(word)) offset = *zone;
  }
  if (!clock || !month || !day || !year) return std::nullopt;
  const auto date = day_of(*year, *month, *day);
  if (!date) return std::nullopt;
  constexpr std::int64_t kHour = 3600 * kSecond;
  if (has_half && *clock >= 12 * kHour) *clock -= 12 * kHour;
  if (afternoon) *clock += 12 * kHour;
  return *date + *clock - offset;
}

}  // namespace

std::optional<std::int64_t> time_of(std::string_view text) {
  text = trimmed(text);
  if (const auto time = epoch_of(text)) return time;
  if (const auto time = iso_of(text)) return time;
  if (const auto time = clock_of(text)) return time;
  return date_of(text);
}

std::optional<std::int64_t> take_time(std::string_view& line) {
  auto text = trimmed(line);
  const bool bracketed = text.starts_with('[');
  if (bracketed) text.remove_prefix(1);
  const auto words = fields_of(text.substr(0, std::min<std::size_t>(text.size(), 64)));
  // A date and its clock may be two words.
  for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < count) continue;
    auto end = static_cast<std::size_t>(words[count - 1].data() - text.data()) + words[count - 1].size();
    auto front = text.substr(0, end);
    if (bracketed && front.ends_with(']')) front.remove_suffix(1);
    if (const auto time = time_of(front)) {
      line = trimmed(text.substr(end));
      return time;
    }
  }
  return std::nullopt;
}

}  // namespace morgana::sockets
