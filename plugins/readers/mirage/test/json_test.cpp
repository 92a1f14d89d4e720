// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "json_cursor.hpp"
#include "morgana/random.hpp"
#include "nesting.hpp"

namespace morgana::mirage {
namespace {

std::vector<std::pair<const char*, CloseNesting>> every_close_nesting() {
  std::vector<std::pair<const char*, CloseNesting>> all{{"portable", close_nesting_portable}};
#if defined(__x86_64__)
  all.emplace_back("sse2", close_nesting_sse2);
  if (has_avx2()) all.emplace_back("avx2", close_nesting_avx2);
#endif
  return all;
}

std::string padded(std::string text) {
  text.reserve(text.size() + kPadding);
  return text;
}

/// Where the first value of a text ends, byte by byte.
std::size_t end_by_hand(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\';
    else if (text[i] == '[' || text[i] == '{') ++depth;
    else if ((text[i] == ']' || text[i] == '}') && --depth == 0) return i + 1;
  }
  return 0;
}

TEST(Nesting, AgreesWithBytewiseSearchOnRandomTextCutAnywhere) {
  constexpr std::string_view kAlphabet = "[]{}\"\\\"[]{}0123456789, ,, ab";
  for (std::uint64_t sample = 0; sample < 2000; ++sample) {
    const Random random(11, sample);
    // Mostly numbers in some samples, mostly structure in others.
    const auto letters = sample % 2 == 0 ? kAlphabet.size() : kAlphabet.size() * 40;
    std::string text = "[";
    for (std::uint64_t i = 0; i < 400; ++i) {
      const auto choice = random.below(i, static_cast<std::uint32_t>(letters));
      text += choice < kAlphabet.size() ? kAlphabet[choice] : '7';
    }
    if (sample % 3 != 0) text += "\"]]]]}}}}]]]]]]]]]]]]]]]]]]]]]]]]]]]]";
    text = padded(text);
    const auto expected = end_by_hand(text);
    const std::size_t cut = 1 + random.below(1000, static_cast<std::uint32_t>(text.size()));
    for (const auto& [name, close_nesting] : every_close_nesting()) {
      Nesting whole;
      const char* found = close_nesting(whole, text.data(), text.data() + text.size());
      EXPECT_EQ(found == nullptr ? 0u : static_cast<std::size_t>(found - text.data()), expected) << name << ' ' << text;
      Nesting parts;
      found = close_nesting(parts, text.data(), text.data() + cut);
      if (found == nullptr) found = close_nesting(parts, text.data() + cut, text.data() + text.size());
      EXPECT_EQ(found == nullptr ? 0u : static_cast<std::size_t>(found - text.data()), expected)
          << name << " cut at " << cut << ' ' << text;
    }
  }
}

double number(std::string text) {
  const auto whole = padded(std::move(text));
  JsonCursor cursor(whole);
  const double value = cursor.number_or_null();
  if (!cursor.at_end()) throw Damage{"", "more"};
  return value;
}

TEST(JsonCursor, ReadsNumbersAsPythonDoes) {
  for (const std::string text : {"0",
                                 "-0",
                                 "7",
                                 "-12",
                                 "65535",
                                 "999999999999999",
                                 "1000000000000000",
                                 "18446744073709551616",
                                 "0.10723495483398438",
                                 "1.0967254638671875e-05",
                                 "4E+3",
                                 "1e-7",
                                 "0.0",
                                 "-1.5",
                                 "123456789012345678901234567890",
                                 "2.2250738585072014e-308",
                                 "5e-324",
                                 "1.7976931348623157e308",
                                 "9007199254740993",
                                 "0.1e1"}) {
    EXPECT_EQ(number(text), nlohmann::json::parse(text).get<double>()) << text;
    EXPECT_EQ(number(" " + text + "\n"), nlohmann::json::parse(text).get<double>()) << text;
  }
  EXPECT_TRUE(std::signbit(number("-0")));
  EXPECT_TRUE(std::isnan(number("NaN")));
  EXPECT_TRUE(std::isnan(number("null")));
  EXPECT_EQ(number("Infinity"), INFINITY);
  EXPECT_EQ(number("-Infinity"), -INFINITY);
  EXPECT_EQ(number("1e999"), INFINITY);
  EXPECT_EQ(number("-1e999"), -INFINITY);
  EXPECT_EQ(number("1e-999"), 0.0);
}

TEST(JsonCursor, AgreesWithNlohmannOnRandomDoubles) {
  for (std::uint64_t sample = 0; sample < 20000; ++sample) {
    const Random random(5, sample);
    const auto bits = std::uint64_t{random.bits(0)} << 32 | random.bits(1);
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const auto text = nlohmann::json(value).dump();
    EXPECT_EQ(number(text), value) << text;
  }
}

TEST(JsonCursor, RoundsDecimalsAsTheLibraryDoes) {
  const auto check = [](const std::string& text) {
    EXPECT_EQ(number(text), std::strtod(text.c_str(), nullptr)) << text;
  };
  for (std::uint64_t sample = 0; sample < 200'000; ++sample) {
    const Random random(6, sample);
    const auto bits = std::uint64_t{random.bits(0)} << 32 | random.bits(1);
    const auto digits = std::to_string(bits >> random.bits(2) % 64);
    const int exponent = static_cast<int>(random.bits(3) % 61) - 30;
    check(fmt::format("{}e{}", digits, exponent));
    const auto point = random.bits(4) % (digits.size() + 1);
    check((point == 0 ? "0" : digits.substr(0, point)) + "." + (point == digits.size() ? "0" : digits.substr(point)));
    // Numbers in the middle between two doubles, and next to it.
    const int shift = 1 + static_cast<int>(random.bits(5) % 11);
    const auto middle = (bits >> 11 | std::uint64_t{1} << 52) << shift | std::uint64_t{1} << (shift - 1);
    for (const auto beside : {middle - 1, middle, middle + 1}) check(std::to_string(beside) + "e0");
    std::uint64_t fives = middle;
    for (int power = 1; power <= 3 && fives < std::numeric_limits<std::uint64_t>::max() / 5; ++power)
      check(fmt::format("{}e-{}", fives *= 5, power));  // divided by a power of two: still in the middle
    const double seconds = static_cast<double>(bits >> 11) / std::pow(2.0, 60 + random.bits(7) % 8);
    check(fmt::format("{:.17g}", seconds));
    check(fmt::format("{}", seconds));
  }
}

TEST(JsonCursor, RefusesWhatIsNoNumber) {
  for (const char* text : {"",     "-",    "+1",  "01",      "-01",  "1.",  ".5",    "1.e5", "1e",  "1e+",
                           "0x10", "NaNa", "nul", "Infinit", "-NaN", "1 2", "\"1\"", "1..2", "--1", "[1]"})
    EXPECT_THROW(number(text), Damage) << text;
}

TEST(JsonCursor, UnescapesStringsAndSkipsValues) {
  const auto text = padded(
      "{\"pa\\u0063ket\\\"\": [1, [\"]\", {\"a}\": 2}]], \"\\ud83d\\ude00\\n\": null, \"t\": true, \"f\": [false], "
      "\"e\": \"\\/\", \"n\": -1.5e3}");
  JsonCursor cursor(text);
  cursor.expect('{');
  EXPECT_EQ(cursor.name(), "packet\"");
  cursor.skip();
  cursor.expect(',');
  EXPECT_EQ(cursor.name(), "\xF0\x9F\x98\x80\n");
  EXPECT_EQ(cursor.text_or_null(), std::nullopt);
  for (const char* name : {"t", "f", "e", "n"}) {
    cursor.expect(',');
    EXPECT_EQ(cursor.name(), name);
    cursor.skip();
  }
  cursor.expect('}');
  EXPECT_TRUE(cursor.at_end());
}

TEST(JsonCursor, RefusesDamagedStrings) {
  for (const char* text :
       {"\"", "\"a", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\x\"", "\"a\nb\"", "\"\\\"", "nulll", "5"}) {
    const auto whole = padded(text);
    JsonCursor cursor(whole);
    EXPECT_THROW(cursor.text_or_null(), Damage) << text;
  }
}

TEST(JsonCursor, CountsWhatItDoesNotKeep) {
  const auto text = padded("[1, 2 ,3,\n4,5 ]");
  for (const auto& [limit, kept] : {std::pair{0u, 0u}, {2u, 2u}, {5u, 5u}, {9u, 5u}}) {
    JsonCursor cursor(text);
    std::vector<double> values;
    EXPECT_EQ(cursor.numbers(values, limit), 5u);
    EXPECT_EQ(values.size(), kept);
    EXPECT_TRUE(cursor.at_end());
  }
  for (const char* damaged : {"[1 2]", "[1,]", "[,1]", "[1", "[", "[1,,2]", "{}"}) {
    const auto whole = padded(damaged);
    JsonCursor cursor(whole);
    std::vector<double> values;
    EXPECT_THROW(cursor.numbers(values, 9), Damage) << damaged;
  }
}

TEST(JsonCursor, RefusesAListThatDoesNotEndWhereTheNextOneDoes) {
  for (const char* damaged : {"[1, 2, \"a\": 3]", "[1, 2, {\"a\": [3]", "[1, 2}, [3]", "[1, 2, [3]]", "[1, 2"}) {
    const auto whole = padded(damaged);
    for (const std::size_t limit : {0u, 1u, 2u, 9u}) {
      JsonCursor cursor(whole);
      std::vector<double> values;
      EXPECT_THROW(cursor.numbers(values, limit), Damage) << damaged << limit;
    }
  }
}

TEST(Utf8, KnowsWellFormedText) {
  for (const char* text : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text :
       {"\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80", "\xE2\x28\xA1", "\xF4\x90\x80\x80"})
    EXPECT_FALSE(is_utf8(text));
}

}  // namespace
}  // namespace morgana::mirage
