// SPDX-License-Identifier: Apache-2.0
#include "mirage/json_text.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "oracle.hpp"

namespace morgana::mirage_format {
namespace {

std::string text_of(double value) {
  std::string text;
  append_double(text, value);
  return text;
}

std::string string_of(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

TEST(JsonText, WritesDoublesAsPythonDoes) {
  EXPECT_EQ(text_of(0), "0.0");
  EXPECT_EQ(text_of(-0.0), "-0.0");
  EXPECT_EQ(text_of(60), "60.0");
  EXPECT_EQ(text_of(0.1), "0.1");
  EXPECT_EQ(text_of(-123.456), "-123.456");
  EXPECT_EQ(text_of(0.0001), "0.0001");
  EXPECT_EQ(text_of(1e-5), "1e-05");
  EXPECT_EQ(text_of(1.0967254638671875e-05), "1.0967254638671875e-05");
  EXPECT_EQ(text_of(123456789012345680.0), "1.2345678901234568e+17");
  EXPECT_EQ(text_of(1e15), "1000000000000000.0");
  EXPECT_EQ(text_of(9007199254740993.0), "9007199254740992.0");
  EXPECT_EQ(text_of(1e16), "1e+16");
  EXPECT_EQ(text_of(1e100), "1e+100");
  EXPECT_EQ(text_of(5e-324), "5e-324");
  EXPECT_EQ(text_of(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(text_of(std::nan("")), "NaN");
  EXPECT_EQ(text_of(-std::nan("")), "NaN");
  EXPECT_EQ(text_of(HUGE_VAL), "Infinity");
  EXPECT_EQ(text_of(-HUGE_VAL), "-Infinity");
}

TEST(JsonText, EscapesAllButPrintableAscii) {
  EXPECT_EQ(string_of("com.example.app"), "\"com.example.app\"");
  EXPECT_EQ(string_of("a\"b\\c/\n\r\t\b\f\x01\x7f"), "\"a\\\"b\\\\c/\\n\\r\\t\\b\\f\\u0001\\u007f\"");
  EXPECT_EQ(string_of("b\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), "\"b\\u00e9\\u20ac\\ud83d\\ude00\"");
}

TEST(JsonText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(string_of("\xFFx"), "\"\\ufffdx\"");
  EXPECT_EQ(string_of("\xC0\x80"), "\"\\ufffd\\ufffd\"");             // too long a form
  EXPECT_EQ(string_of("\xED\xA0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");  // a surrogate
  EXPECT_EQ(string_of("\xF0\x9F\x98"), "\"\\ufffd\\ufffd\\ufffd\"");  // cut off
  EXPECT_EQ(string_of("\xF5\x80\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

using JsonTextOracle = OracleTest;

TEST_F(JsonTextOracle, WritesRandomDoublesAsPythonDoes) {
  std::mt19937_64 random(3);
  const auto file = folder_ / "doubles.txt";
  std::ofstream out(file);
  for (int i = 0; i < 200000; ++i) {
    double value = std::bit_cast<double>(random());
    if (i % 4 == 1) value = static_cast<double>(random() % (1ull << 40)) / (1 << 22);           // gaps
    if (i % 4 == 2) value = std::pow(10.0, static_cast<double>(random() % 60) - 30) * 1.25;     // near the bounds
    if (i % 4 == 3) value = static_cast<double>(static_cast<float>(random() % 100000) / 1e5f);  // from single precision
    out << std::bit_cast<std::uint64_t>(value) << ' ' << text_of(value) << '\n';
  }
  out.close();
  EXPECT_TRUE(python(R"(
import json, struct, sys
count = 0
for line in open(sys.argv[1]):
    bits, text = line.split()
    value = struct.unpack("<d", struct.pack("<Q", int(bits)))[0]
    assert json.dumps(value) == text, (json.dumps(value), text)
    count += 1
assert count == 200000
)",
                     file));
}

TEST_F(JsonTextOracle, WritesEveryCodePointAsPythonDoes) {
  const auto file = folder_ / "points.txt";
  std::ofstream out(file, std::ios::binary);
  for (std::uint32_t point = 0; point < 0x110000; ++point) {
    if (point >= 0xd800 && point < 0xe000) continue;
    std::string utf8;
    const auto add = [&](std::uint32_t byte) { utf8.push_back(static_cast<char>(byte)); };
    if (point < 0x80) add(point);
    else if (point < 0x800) add(0xc0 | point >> 6);
    else if (point < 0x10000) add(0xe0 | point >> 12);
    else add(0xf0 | point >> 18);
    if (point >= 0x10000) add(0x80 | (point >> 12 & 0x3f));
    if (point >= 0x800) add(0x80 | (point >> 6 & 0x3f));
    if (point >= 0x80) add(0x80 | (point & 0x3f));
    out << string_of(utf8) << '\n';
  }
  out.close();
  EXPECT_TRUE(python(R"(
import json, sys
points = [p for p in range(0x110000) if not 0xd800 <= p < 0xe000]
lines = open(sys.argv[1]).read().splitlines()
assert len(lines) == len(points)
for point, line in zip(points, lines):
    assert line == json.dumps(chr(point)), (hex(point), line)
)",
                     file));
}

}  // namespace
}  // namespace morgana::mirage_format
