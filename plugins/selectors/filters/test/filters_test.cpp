// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <morgana/testing.hpp>
#include <morgana/traces.hpp>

namespace morgana {
namespace {

using testing::StageRunner;

/// Six traces of 1, 2, 3, 1, 1 and 4 packets in classes a, b, b, c, unlabelled and b.
std::shared_ptr<const Traces> six() {
  TraceTable table;
  table.channels.push_back({"PL", "bytes", {}});
  for (const std::size_t packets : {1, 2, 3, 1, 1, 4}) {
    table.offsets.push_back(table.offsets.back() + packets);
    table.channels[0].values.resize(table.offsets.back(), static_cast<float>(packets));
  }
  table.label = {{"a", "b", "c", "empty"}, {0, 1, 1, 2, -1, 1}};
  return std::make_shared<const Traces>(std::move(table));
}

std::unique_ptr<StageRunner> stage(const std::string& name) {
  auto runner = std::make_unique<StageRunner>(morgana_plugin(), name);
  runner->input("traces", six());
  return runner;
}

std::string error(const std::unique_ptr<StageRunner>& runner) {
  try {
    runner->run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(MinimumPackets, KeepsLongTraces) {
  auto runner = stage("select.minimum-packets");
  const auto kept = runner->set("packets", 2).run().output<Traces>("kept");
  EXPECT_EQ(kept->table().offsets, (std::vector<std::uint64_t>{0, 2, 5, 9}));
  auto none = stage("select.minimum-packets");
  EXPECT_EQ(error(none), "no trace has 10 packets; the longest has 4");
}

TEST(Classes, KeepsThoseNamed) {
  auto runner = stage("select.classes");
  const auto kept = runner->set("keep", std::vector<std::string>{"c", "b"}).run().output<Traces>("kept");
  EXPECT_EQ(kept->class_names(), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(kept->table().label.id, (std::vector<std::int32_t>{0, 0, 1, 0}));
  auto wrong = stage("select.classes");
  wrong->set("keep", std::vector<std::string>{"x"});
  EXPECT_EQ(error(wrong), "the traces have no class \"x\"; they have a, b, c, empty");
}

TEST(Classes, KeepsTheLargestAndLimitsThem) {
  auto runner = stage("select.classes");
  auto kept = runner->run().output<Traces>("kept");
  EXPECT_EQ(kept->class_names(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(kept->size(), 5u);
  auto largest = stage("select.classes");
  kept = largest->set("most_frequent", 2).set("at_most", 2).run().output<Traces>("kept");
  EXPECT_EQ(kept->class_names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(kept->size(), 3u);
  auto large = stage("select.classes");
  EXPECT_EQ(large->set("at_least", 2).run().output<Traces>("kept")->class_names(), std::vector<std::string>{"b"});
  auto none = stage("select.classes");
  none->set("at_least", 9);
  EXPECT_EQ(error(none), "no class is left of 4 with 6 traces");
}

}  // namespace
}  // namespace morgana
