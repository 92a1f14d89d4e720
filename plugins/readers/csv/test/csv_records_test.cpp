// SPDX-License-Identifier: Apache-2.0
#include "csv/csv_records.hpp"

#include <gtest/gtest.h>

#include "cell.hpp"
#include "files/test/text_source.hpp"
#include "header.hpp"
#include "morgana/error.hpp"
#include "transposed.hpp"

namespace morgana::csv {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(Records& records) {
  Rows rows;
  while (records.next()) rows.emplace_back(records.cells().begin(), records.cells().end());
  return rows;
}

/// The same whether the text comes at once or byte by byte.
Rows rows(const std::string& text, char separator = '\0') {
  testing::TextSource whole(text), bytes(text, 1);
  CsvRecords from_whole(whole, "file", separator), from_bytes(bytes, "file", separator);
  const auto read = rows_of(from_whole);
  EXPECT_EQ(rows_of(from_bytes), read) << text;
  return read;
}

std::string fault(const std::string& text, char separator = '\0') {
  try {
    rows(text, separator);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CsvRecords, KnowsEveryLineEnd) {
  const Rows expected{{"a", "b"}, {"1", "2"}};
  for (const char* text : {"a,b\n1,2", "a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "\n a , b \n\n1,2\n   \n"})
    EXPECT_EQ(rows(text), expected) << text;
  EXPECT_EQ(rows("\xef\xbb\xbf"
                 "a,b\n1,2\n"),
            expected);
  EXPECT_EQ(rows("# made by \"hand, with, commas\r\na,b\n#,\"x\n1,2\n#"), expected);
  EXPECT_TRUE(rows("").empty());
  EXPECT_TRUE(rows("\n\n").empty());
}

TEST(CsvRecords, ReadsQuotedCells) {
  EXPECT_EQ(rows("a,\"b,c\"\n"), (Rows{{"a", "b,c"}}));
  EXPECT_EQ(rows("\"a \"\"b\"\"\",\"\",\"\"\"\"\n"), (Rows{{"a \"b\"", "", "\""}}));
  EXPECT_EQ(rows("\"two\r\nlines\",x\r\ny,z"), (Rows{{"two\r\nlines", "x"}, {"y", "z"}}));
  EXPECT_EQ(rows("a, \"b\" ,c\n"), (Rows{{"a", "b", "c"}}));
  EXPECT_EQ(rows("5\" disk,\"#no comment\"\n"), (Rows{{"5\" disk", "#no comment"}}));
  EXPECT_EQ(rows("a,,\n"), (Rows{{"a", "", ""}}));
}

TEST(CsvRecords, FindsTheSeparator) {
  EXPECT_EQ(rows("a;b;c,d\n1;2;3"), (Rows{{"a", "b", "c,d"}, {"1", "2", "3"}}));
  EXPECT_EQ(rows("a\tb\n1\t2"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(rows("\"a,b,c\"|d\n"), (Rows{{"a,b,c", "d"}}));
  EXPECT_EQ(rows("one\n"), (Rows{{"one"}}));
  EXPECT_EQ(rows("a;b,c\n", ','), (Rows{{"a;b", "c"}}));
  // A quote begins a cell only behind the separator that was found.
  EXPECT_EQ(rows("|\"x|,y,z,w\n"), (Rows{{"|\"x|", "y", "z", "w"}}));
}

TEST(CsvRecords, CountsLines) {
  testing::TextSource source("# one\r\na\r\n\r\n\"b\r\nb\nb\"\r\nc\r\n");
  CsvRecords records(source, "file", ',');
  std::vector<std::uint64_t> lines;
  while (records.next()) lines.push_back(records.number());
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{2, 4, 7}));
}

TEST(CsvRecords, SaysWhatIsNoCsv) {
  EXPECT_EQ(fault("a\n\"b\nc\n"), "file line 2: a quote is opened and never closed");
  EXPECT_EQ(fault("a,\"b\"c\n"), "file line 1: text follows a closing quote");
  EXPECT_EQ(fault(std::string("a\nb\0c\n", 6)), "file line 2: byte 0x00 is no text");
  EXPECT_EQ(fault("\xff\xfe"
                  "a"),
            "file is UTF-16");
  EXPECT_EQ(fault("a\n\"" + std::string(65 << 20, 'x'), ','), "file line 2: a record of more than 64 MB");
}

TEST(CellNumber, IsToldFromWhatIsMissingAndFromText) {
  EXPECT_EQ(number_of("12").value, 12);
  EXPECT_EQ(number_of("+1.5e-3").value, 1.5e-3);
  EXPECT_EQ(number_of("-7").value, -7);
  for (const char* text : {"", "NA", "N/A", "nan", "NaN", "null", "None"})
    EXPECT_EQ(number_of(text).kind, CellKind::kMissing) << text;
  for (const char* text : {"0,5", "-12,25", "1,000"}) EXPECT_EQ(number_of(text).kind, CellKind::kDecimalComma) << text;
  for (const char* text : {"x", "1x", "0x10", "1,2,3", ",5", "+", "+-1", "1 2"})
    EXPECT_EQ(number_of(text).kind, CellKind::kText) << text;
  EXPECT_EQ(shown("a\x01\xff"
                  "b"),
            "\"a??b\"");
  EXPECT_EQ(shown(std::string(50, 'x')), "\"" + std::string(40, 'x') + "...\"");
}

TEST(Header, FindsTheLongestSeries) {
  const auto found = [](const std::vector<std::string_view>& names, const std::string& named,
                        const std::vector<std::size_t>& marked = {}) {
    std::vector<bool> taken(names.size());
    for (const auto column : marked) taken[column] = true;
    const auto [first, last] = Header("file", names, true).find_series(named, taken);
    return std::pair(first, last);
  };
  using Pair = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(found({"label", "b0", "b1", "b2", "id1", "id2"}, ""), (Pair{1, 3}));
  EXPECT_EQ(found({"x", "0", "0.5", "1.0"}, ""), (Pair{1, 3}));
  EXPECT_EQ(found({"1", "2", "3", "4"}, "", {0}), (Pair{1, 3}));
  EXPECT_EQ(found({"t.9", "t.10", "t.11", "t.11"}, ""), (Pair{0, 2}));
  EXPECT_EQ(found({"a", "Mon", "Tue", "b"}, "Mon..Tue"), (Pair{1, 2}));
  EXPECT_THROW(found({"a", "b", "c1"}, ""), Error);
  EXPECT_THROW(found({"a", "b"}, "b..a"), Error);
  EXPECT_THROW(found({"a", "b"}, "a-b"), Error);
}

TEST(Header, ListsALongSeriesAsOne) {
  const Header header("file", {"app", "b0", "b1", "b2", "b3", "x1", "x2"}, true);
  try {
    header.find("label", "name one");
    FAIL() << "a column is found that is not there";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "file has no column \"label\"; it has app, x1, x2, b0..b3");
    EXPECT_EQ(error.hint(), "name one");
  }
}

TEST(Transposed, TurnsColumnsIntoRecords) {
  testing::TextSource source("name,x,y\nb0,1,\"2,5\"\nb1,3,\n");
  CsvRecords records(source, "file", '\0');
  Transposed transposed(records, "file");
  EXPECT_EQ(rows_of(transposed), (Rows{{"name", "b0", "b1"}, {"x", "1", "3"}, {"y", "2,5", ""}}));
  testing::TextSource ragged("a,b\n1\n");
  CsvRecords short_record(ragged, "file", '\0');
  EXPECT_THROW(Transposed(short_record, "file"), Error);
}

}  // namespace
}  // namespace morgana::csv
