// SPDX-License-Identifier: Apache-2.0
#include "morgana/stage.hpp"

#include <gtest/gtest.h>

#include "morgana/metrics.hpp"
#include "morgana/testing.hpp"
#include "morgana/traces.hpp"

namespace morgana {
namespace {

// The example of the documentation, to the letter.
class MinimumPackets final : public Stage {
  In<Traces> traces{*this, "traces", "Traces to filter."};
  Out<Traces> kept{*this, "kept", "Traces with at least `packets` packets."};
  Param<int> packets{*this, "packets", {.value = 10, .unit = "packets", .min = 1, .doc = "Shortest trace kept."}};

  void run(Context& context) override {
    const auto rows = traces->rows_where(
        [&](const TraceView& trace) { return trace.packets() >= static_cast<std::size_t>(*packets); });
    if (rows.empty()) throw Error("no trace has {} packets; the longest has {}", *packets, traces->longest());
    kept = traces->select(rows);
    context.log().info("kept {} of {} traces", kept->size(), traces->size());
  }
};

class Gathering final : public Stage {
 public:
  Gather<Metrics> metrics{*this, "metrics", "All of them."};
  void run(Context&) override {}
};

class Ports final : public Stage {
 public:
  In<Traces> in{*this, "in", "Optional.", Need::kOptional};
  Out<Traces> out{*this, "out", "An output."};
  Seed seed{*this};
  Accelerated accelerated_{*this};
  void run(Context&) override {}
};

class TwoPorts final : public Stage {
 public:
  In<Traces> first{*this, "traces", ""};
  In<Traces> second{*this, "traces", ""};
  void run(Context&) override {}
};

class Shares final : public Stage {
 public:
  Param<double> test{*this, "test", {.value = 0.2}};
  Param<double> validation{*this, "validation", {.value = 0.1}};
  Check leaves_a_rest{*this, [this] {
                        if (*test + *validation >= 1) throw Error("nothing is left to train on");
                      }};
  Check test_is_larger{*this, [this] {
                         if (*validation > *test) throw Error("the test part is the smaller one");
                       }};
  void run(Context&) override {}
};

std::shared_ptr<const Traces> ragged() {
  TraceTable table;
  table.channels = {{"PL", "bytes", {1, 2, 3, 4, 5, 6}}};
  table.offsets = {0, 1, 3, 6};
  return std::make_shared<const Traces>(std::move(table));
}

}  // namespace
}  // namespace morgana

MORGANA_PLUGIN("example", "1.0.0", "An example.", morgana::stage<morgana::MinimumPackets>("select.minimum-packets"));

namespace morgana {
namespace {

TEST(Stage, TheExampleOfTheDocumentationWorks) {
  testing::StageRunner stage(morgana_plugin(), "select.minimum-packets");
  stage.set("packets", 2).input("traces", ragged()).run();
  EXPECT_EQ(stage.output<Traces>("kept")->size(), 2u);
  EXPECT_EQ(stage.context.messages.front(), "kept 2 of 3 traces");
}

TEST(Stage, AFaultSaysTheFact) {
  testing::StageRunner stage(morgana_plugin(), "select.minimum-packets");
  try {
    stage.input("traces", ragged()).run();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "no trace has 10 packets; the longest has 3");
  }
}

TEST(Stage, ADescriptorIsPlainData) {
  const auto* plugin = morgana_plugin();
  EXPECT_EQ(plugin->size, sizeof(PluginDescriptor));
  EXPECT_EQ(plugin->stage_count, 1u);
  EXPECT_STREQ(plugin->stages[0].name, "select.minimum-packets");
  EXPECT_STREQ(plugin->name, "example");
  EXPECT_NE(std::string(plugin->abi).find("cxx11"), std::string::npos);
}

TEST(Stage, AnInputTakesOneValueOfItsType) {
  Ports stage;
  EXPECT_FALSE(stage.in);
  EXPECT_THROW(*stage.in, Error);
  EXPECT_THROW(stage.in.connect(std::make_shared<const Metrics>(), {}), Error);
  stage.in.connect(ragged(), {});
  EXPECT_TRUE(stage.in);
  EXPECT_EQ(stage.in->size(), 3u);
  EXPECT_THROW(stage.in.connect(ragged(), {}), Error);
}

TEST(Stage, AGatheringInputKeepsOrigins) {
  Gathering stage;
  stage.metrics.connect(std::make_shared<const Metrics>(), {"a", "metrics", {{"generator", "gan"}}});
  stage.metrics.connect(std::make_shared<const Metrics>(), {"b", "metrics", {}});
  ASSERT_EQ(stage.metrics.size(), 2u);
  EXPECT_EQ(stage.metrics.origin(0).variables.at("generator"), "gan");
}

TEST(Stage, AnOutputIsAssignedOnceAndReadOnlyAfterwards) {
  Ports stage;
  EXPECT_THROW(*stage.out, Error);
  stage.out = *ragged();
  EXPECT_EQ(stage.out->size(), 3u);
  EXPECT_THROW(stage.out = *ragged(), Error);
}

TEST(Stage, APortDeclaredTwiceIsAnError) { EXPECT_THROW(TwoPorts(), Error); }

TEST(Stage, ChecksItsParametersTogether) {
  Shares stage;
  ASSERT_EQ(stage.checks().size(), 2u);
  EXPECT_NO_THROW(stage.check());
  stage.validation.set(0.9);
  for (const auto* text : {"nothing is left to train on", "the test part is the smaller one"}) {
    try {
      stage.check();
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), text);
    }
    stage.validation.set(0.7);
  }
}

TEST(Stage, SaysWhatItNeeds) {
  const Ports stage;
  EXPECT_NE(stage.Stage::seed(), nullptr);
  EXPECT_TRUE(stage.accelerated());
  EXPECT_FALSE(stage.parallel());
}

}  // namespace
}  // namespace morgana
