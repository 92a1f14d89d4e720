// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <morgana/random.hpp>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>
#include <set>

namespace morgana {
namespace {

using testing::StageRunner;

/// Traces of one packet each; the row stands in the packet, so that a row can be found again.
std::shared_ptr<const Traces> set_of(const std::vector<std::int32_t>& labels,
                                     const std::vector<std::int32_t>& captures = {}) {
  TraceTable table;
  table.channels.push_back({"PL", "bytes", {}});
  for (std::size_t row = 0; row < labels.size(); ++row) {
    table.channels[0].values.push_back(static_cast<float>(row));
    table.offsets.push_back(row + 1);
  }
  table.label = {{"a", "b", "c", "d"}, labels};
  if (!captures.empty()) {
    for (int i = 0; i <= *std::max_element(captures.begin(), captures.end()); ++i)
      table.capture.names.push_back(std::to_string(i));
    table.capture.id = captures;
  }
  return std::make_shared<const Traces>(std::move(table));
}

struct Parts {
  std::shared_ptr<const Traces> train, test, validation;
  std::vector<std::string> messages;
};

Parts split(std::shared_ptr<const Traces> traces, double test, double validation, const char* by = "trace",
            std::uint64_t seed = 7) {
  StageRunner stage(morgana_plugin(), "select.split");
  stage.set("test", ParameterValue(test))
      .set("validation", ParameterValue(validation))
      .set("by", by)
      .seed(seed)
      .input("traces", traces)
      .run();
  return {stage.output<Traces>("train"), stage.output<Traces>("test"), stage.output<Traces>("validation"),
          stage.context.messages};
}

std::string error(std::shared_ptr<const Traces> traces, double test, double validation, const char* by = "trace") {
  try {
    split(traces, test, validation, by);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::vector<float> rows(const Traces& traces) { return traces.table().channels[0].values; }
std::size_t count(const Traces& traces, std::int32_t label) {
  return traces.rows_by_class()[static_cast<std::size_t>(label)].size();
}

TEST(Split, DividesEveryClassAsAsked) {
  std::vector<std::int32_t> labels;
  for (const auto& [label, size] : {std::pair{0, 100}, {1, 50}, {2, 10}, {-1, 20}})
    labels.insert(labels.end(), static_cast<std::size_t>(size), label);
  const auto parts = split(set_of(labels), 0.2, 0.1);
  for (const auto& [label, size] : {std::pair{0, 100}, {1, 50}, {2, 10}}) {
    EXPECT_EQ(count(*parts.train, label), size * 7u / 10);
    EXPECT_EQ(count(*parts.test, label), size * 2u / 10);
    EXPECT_EQ(count(*parts.validation, label), size * 1u / 10);
  }
  EXPECT_EQ(parts.test->size(), 36u);
  auto all = rows(*parts.train);
  for (const auto& part : {parts.test, parts.validation})
    for (const float row : rows(*part)) all.push_back(row);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, rows(*set_of(labels)));
}

TEST(Split, KeepsOrderAndIsAFunctionOfTheSeed) {
  const auto traces = set_of(std::vector<std::int32_t>(200, 0));
  const auto first = split(traces, 0.3, 0), again = split(traces, 0.3, 0), other = split(traces, 0.3, 0, "trace", 8);
  EXPECT_EQ(rows(*first.test), rows(*again.test));
  EXPECT_NE(rows(*first.test), rows(*other.test));
  const auto test_rows = rows(*first.test);
  EXPECT_TRUE(std::is_sorted(test_rows.begin(), test_rows.end()));
  EXPECT_TRUE(first.validation->empty());
  EXPECT_EQ(first.validation->class_names(), traces->class_names());
}

TEST(Split, GivesEveryClassOfTwoATestTrace) {
  const auto parts = split(set_of({0, 0, 1, 1, 1, 2, 3, 3, 3, 3}), 0.1, 0.1);
  for (const std::int32_t label : {0, 1, 3}) {
    EXPECT_GE(count(*parts.train, label), 1u);
    EXPECT_GE(count(*parts.test, label), 1u);
  }
  for (const std::int32_t label : {1, 3}) EXPECT_GE(count(*parts.validation, label), 1u);
  EXPECT_EQ(count(*parts.train, 2), 1u);
  ASSERT_EQ(parts.messages.size(), 3u);
  EXPECT_EQ(parts.messages[1], "test has no trace of c: too few groups by trace");
  EXPECT_EQ(parts.messages[2], "validation has no trace of a, c: too few groups by trace");
}

TEST(Split, NeverDividesACapture) {
  std::vector<std::int32_t> labels, captures;
  const Random random(3, 0);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto capture = random.below(i, 40);
    captures.push_back(static_cast<std::int32_t>(capture));
    // A capture is mostly of one app, as in MIRAGE.
    labels.push_back(
        static_cast<std::int32_t>(random.below(2000 + i, 10) == 0 ? random.below(5000 + i, 4) : capture % 4));
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto parts = split(set_of(labels, captures), 0.25, 0.15, "capture", seed);
    const auto of = [](const Traces& traces) {
      return std::set<std::int32_t>(traces.table().capture.id.begin(), traces.table().capture.id.end());
    };
    const auto train = of(*parts.train), test = of(*parts.test), validation = of(*parts.validation);
    EXPECT_EQ(train.size() + test.size() + validation.size(), 40u);
    for (std::int32_t label = 0; label < 4; ++label) {
      const double all = static_cast<double>(std::count(labels.begin(), labels.end(), label));
      EXPECT_NEAR(static_cast<double>(count(*parts.test, label)) / all, 0.25, 0.08) << seed << ' ' << label;
      EXPECT_NEAR(static_cast<double>(count(*parts.validation, label)) / all, 0.15, 0.08) << seed << ' ' << label;
    }
  }
}

TEST(Split, KeepsDuplicatesOnOneSide) {
  TraceTable table;
  table.channels.push_back({"PL", "bytes", {}});
  table.channels.push_back({"DIR", "", {}});
  table.channels.push_back({"IAT", "s", {}});  // never alike
  for (int row = 0; row < 300; ++row) {
    for (int packet = 0; packet < 2; ++packet) {
      table.channels[0].values.push_back(static_cast<float>(row % 30));
      table.channels[1].values.push_back(row % 60 < 30 ? -1.0f : 1.0f);
      table.channels[2].values.push_back(static_cast<float>(row) * 1e-3f);
    }
    table.offsets.push_back(table.channels[0].values.size());
    table.label.id.push_back(row % 2);
  }
  table.label.names = {"a", "b"};
  const auto parts = split(std::make_shared<const Traces>(std::move(table)), 0.2, 0, "duplicates");
  const auto contents = [](const Traces& traces) {
    std::set<float> seen;
    for (std::size_t row = 0; row < traces.size(); ++row)
      seen.insert(traces.expression("PL*DIR")[traces.table().offsets[row]] + 100 * traces[row].channel("DIR")[0]);
    return seen;
  };
  const auto train = contents(*parts.train), test = contents(*parts.test);
  for (const float content : test) EXPECT_FALSE(train.contains(content));
  EXPECT_EQ(parts.test->size(), 60u);
}

TEST(Split, WhatIsNotTrainedOnIsNotTested) {
  // Class b stands in one capture only, which also holds the one capture of class c.
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto parts = split(set_of({0, 0, 0, 0, 1, 2, 0, 0}, {0, 0, 1, 1, 2, 2, 3, 3}), 0.5, 0, "capture", seed);
    for (const std::int32_t label : {0, 1, 2})
      EXPECT_GT(count(*parts.train, label), 0u) << "class " << label << ", seed " << seed;
  }
}

TEST(Split, SaysWhyItCannot) {
  EXPECT_EQ(error(set_of({}), 0.2, 0), "there are no traces to split");
  EXPECT_EQ(error(set_of({0, 0}), 0.5, 0.5), "test 0.5 and validation 0.5 leave nothing to train on");
  EXPECT_EQ(error(set_of({0, 0, 1}), 0.2, 0, "capture"), "3 of 3 traces have no capture");
  EXPECT_EQ(error(set_of({0, 0, 1}, {0, -1, 0}), 0.2, 0, "capture"), "1 of 3 traces have no capture");
  EXPECT_EQ(error(set_of({0, 0, 1}, {0, 0, 0}), 0.2, 0, "capture"),
            "3 traces make 1 group by capture, too few for 2 parts");
  EXPECT_EQ(error(set_of({0, 0, 1}), 0.2, 0, "device"), "3 of 3 traces have no device");
  EXPECT_EQ(error(set_of({0}), 0.2, 0), "1 traces make 1 group by trace, too few for 2 parts");
  EXPECT_EQ(error(set_of({0, 1}), 0, 0), "");
}

}  // namespace
}  // namespace morgana
