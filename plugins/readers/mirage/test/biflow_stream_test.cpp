// SPDX-License-Identifier: Apache-2.0
#include "biflow_stream.hpp"

#include <gtest/gtest.h>

#include "morgana/error.hpp"
#include "sample_files.hpp"

namespace morgana::mirage {
namespace {

using samples::TextSource;

std::vector<std::pair<std::string, std::string>> members(const std::string& text, std::size_t window = 1 << 16,
                                                         std::size_t step = 1 << 16) {
  TextSource source(text, step);
  BiflowStream stream(source, "a.json", window);
  std::vector<std::pair<std::string, std::string>> found;
  while (stream.next()) {
    EXPECT_EQ(stream.value(), text.substr(stream.value_offset(), stream.value().size()));
    found.emplace_back(stream.key(), stream.value());
  }
  EXPECT_FALSE(stream.next());
  return found;
}

std::string error_of(const std::string& text, std::size_t window = 1 << 16) {
  try {
    members(text, window);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

const std::string kText =
    " {\n\"a\" : {\"x\": [1, \"}\\\"\", {}]} , \"b\\\"]\":{}, \"c\": null, \"d\": [[]], \"e\": \"te,xt\", \"f\": "
    "-1.5e3, \"\": {\"long\": [" +
    std::string(300, ' ') + "]}}\n ";

TEST(BiflowStream, CutsAnObjectIntoItsMembers) {
  const auto found = members(kText);
  ASSERT_EQ(found.size(), 7u);
  EXPECT_EQ(found[0], (std::pair<std::string, std::string>{"a", "{\"x\": [1, \"}\\\"\", {}]}"}));
  EXPECT_EQ(found[1], (std::pair<std::string, std::string>{"b\\\"]", "{}"}));
  EXPECT_EQ(found[2].second, "null");
  EXPECT_EQ(found[3].second, "[[]]");
  EXPECT_EQ(found[4].second, "\"te,xt\"");
  EXPECT_EQ(found[5].second, "-1.5e3");
  EXPECT_EQ(found[6].second.size(), 312u);
  EXPECT_TRUE(members("{}").empty());
}

TEST(BiflowStream, GivesTheSameMembersForEveryWindowAndEveryRead) {
  const auto expected = members(kText);
  for (std::size_t window = 1; window < 130; ++window)
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64}, std::size_t{1000}})
      ASSERT_EQ(members(kText, window, step), expected) << window << ' ' << step;
}

TEST(BiflowStream, NamesFileAndByteOfWhatIsNoObject) {
  EXPECT_EQ(error_of(""), "a.json: byte 0: the file is empty");
  EXPECT_EQ(error_of("  \n"), "a.json: byte 3: the file is empty");
  EXPECT_EQ(error_of("[1, 2]"), "a.json: byte 0: not a JSON object of biflows: it starts with \"[\"");
  EXPECT_EQ(error_of("\x89PNG"), "a.json: byte 0: not a JSON object of biflows: it starts with byte 0x89");
  EXPECT_EQ(error_of("PAR0"), "a.json: byte 0: not a JSON object of biflows: it starts with \"P\"");
  EXPECT_EQ(error_of("PAR"), "a.json: byte 0: not a JSON object of biflows: it starts with \"P\"");
  EXPECT_EQ(error_of("{a: 1}"), "a.json: byte 1: expected a biflow's name in quotes, found \"a\"");
  EXPECT_EQ(error_of("{\"a\" 1}"), "a.json: byte 5: expected a colon after a biflow's name");
  EXPECT_EQ(error_of("{\"a\": {} \"b\": {}}"),
            "a.json: byte 9: expected a comma or the closing bracket after a biflow, found \"\"\"");
  EXPECT_EQ(error_of("{\"a\": {}, }"), "a.json: byte 10: a comma before the closing bracket");
  EXPECT_EQ(error_of("{\"a\": {}} x"), "a.json: byte 10: \"x\" after the end of the JSON object");
  EXPECT_EQ(error_of("{\"a\": 1]}"), "a.json: byte 7: unexpected \"]\"");
}

TEST(BiflowStream, SaysWhereATruncatedFileEnds) {
  const std::string text = "{\"k\": {\"packet_data\": [1, \"]\"]}, \"l\": 5}";
  EXPECT_EQ(error_of("{\"k\": {\"packet_data\": [1, \"]"),
            "a.json: byte 28: the file ends inside biflow \"k\"; it is truncated");
  for (std::size_t size = 0; size < text.size(); ++size)
    for (const std::size_t window : {1, 16, 1000})
      EXPECT_NE(error_of(text.substr(0, size), window), "") << text.substr(0, size);
  EXPECT_EQ(error_of(text), "");
}

TEST(BiflowStream, HoldsTheLargestMemberAndNoMore) {
  std::string text = "{";
  for (int i = 0; i < 2000; ++i) text += "\"k\": {\"x\": [" + std::string(i == 1000 ? 40000 : 900, '1') + "]}, ";
  text += "\"last\": {}}";
  TextSource source(text);
  BiflowStream stream(source, "a.json", 4096);
  std::size_t count = 0;
  while (stream.next()) {
    ++count;
    EXPECT_TRUE(count > 1000 || stream.window_bytes() == 4096);
  }
  EXPECT_EQ(count, 2001u);
  EXPECT_LE(stream.window_bytes(), 40020u * 5 / 4 + 1);
}

}  // namespace
}  // namespace morgana::mirage
