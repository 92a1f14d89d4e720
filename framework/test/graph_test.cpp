// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "graph/expansion.hpp"
#include "graph/setting.hpp"
#include "pipeline/nearest.hpp"

namespace morgana::host {
namespace {

struct Expanded {
  explicit Expanded(const std::string& text, const std::vector<std::string>& overrides = {}) {
    pipeline = parse_pipeline(parse_json(text, faults), faults);
    apply_overrides(pipeline, overrides, faults);
    expansion.emplace(pipeline, faults);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const auto& copy : expansion->copies()) list.push_back(copy.name);
    return list;
  }
  std::string texts() const {
    std::string all;
    for (const auto& fault : faults.sorted())
      all += fmt::format("{}:{} {}\n", fault.position.line, fault.position.column, sentence(fault));
    return all;
  }
  Faults faults;
  Pipeline pipeline;
  std::optional<Expansion> expansion;
};

std::string pipeline(const std::string& vary, const std::string& nodes) {
  return "{\"schema\": \"morgana.pipeline/1\", \"vary\": {" + vary + "},\n\"nodes\": {" + nodes + "}}";
}

using Names = std::vector<std::string>;

TEST(Expansion, CopiesANodeOncePerCombinationItDependsOn) {
  const Expanded given(pipeline(R"("g": ["b", "a"], "e": ["x", "y"])", R"("r": {"use": "read.r"},
      "i": {"use": "encode.${e}", "in": {"t": "r.t"}},
      "m": {"use": "train.${g}", "in": {"i": "i.i"}},
      "w": {"use": "write.w", "gather": {"m": "m.m"}})"));
  EXPECT_EQ(given.texts(), "");
  EXPECT_EQ(given.names(),
            (Names{"r", "i[e=x]", "i[e=y]", "m[e=x,g=b]", "m[e=y,g=b]", "m[e=x,g=a]", "m[e=y,g=a]", "w"}));
}

TEST(Expansion, AGatheringNodeWithAVariableTakesTheCopiesThatAgree) {
  const Expanded given(pipeline(R"("g": [1, 2], "e": ["x", "y"])", R"("m": {"use": "a.${e}${g}"},
      "w": {"use": "write.${e}", "gather": {"m": ["m.m"]}})"));
  EXPECT_EQ(given.names().size(), 6u);
  EXPECT_EQ(given.expansion->matching("m", given.expansion->copies()[4].variables).size(), 2u);
}

TEST(Expansion, OrdersNodesBehindTheirSources) {
  const Expanded given(pipeline(
      "", R"("c": {"use": "s.c", "in": {"x": "b.x"}}, "b": {"use": "s.b", "in": {"x": "a.x"}}, "a": {"use": "s.a"})"));
  EXPECT_EQ(given.names(), (Names{"a", "b", "c"}));
}

TEST(Expansion, PrintsTheCycle) {
  const Expanded given(
      pipeline("", R"("a": {"use": "s.s", "in": {"x": "b.x"}}, "b": {"use": "s.s", "in": {"x": "a.x"}})"));
  EXPECT_EQ(given.texts(), "2:11 node \"a\": it depends on itself: a -> b -> a\n");
  EXPECT_EQ(given.expansion->copies().size(), 2u) << "their other faults can still be found";
}

TEST(Expansion, NamesUnknownAndUnusedVariables) {
  const Expanded given(pipeline(R"("encoder": ["a"])", R"("a": {"use": "s.${encodr}"})"));
  EXPECT_EQ(given.texts(),
            "1:43 no node uses the variable \"encoder\"\n"
            "2:24 node \"a\": unknown variable \"encodr\"; did you mean \"encoder\"?\n");
}

TEST(Expansion, ReplacesAWholeValueWithItsType) {
  const Combination values{{"n", {{}, std::int64_t{5}}}, {"s", {{}, std::string("x")}}};
  EXPECT_EQ(text_of(substituted({{}, std::string("${n}")}, values)), "5");
  EXPECT_EQ(text_of(substituted({{}, std::string("a${n}${s}")}, values)), "\"a5x\"");
  EXPECT_EQ(text_of(substituted({{}, std::string("$${n} $n")}, values)), "\"${n} $n\"");
}

TEST(Expansion, TakesOverridesOfVariablesAndCopies) {
  const Expanded given(pipeline(R"("g": ["a", "b"])", R"("m": {"use": "t.${g}"})"),
                       {"vary.g=[\"b\", \"c\"]", "m[g=c].steps=3"});
  EXPECT_EQ(given.texts(), "");
  EXPECT_EQ(given.names(), (Names{"m[g=b]", "m[g=c]"}));
  EXPECT_EQ(given.pipeline.nodes[0].settings[0].conditions[0].second, "c");
}

TEST(Override, NamesWhatItDoesNotUnderstand) {
  const Expanded given(pipeline("", R"("model": {"use": "t.a"})"),
                       {"model.steps", "model=3", "modl.steps=3", "vary.g=[1]", "seed=-1"});
  EXPECT_EQ(given.texts(),
            "0:1 it has no value\n0:2 it names no parameter\n"
            "0:3 the pipeline has no node \"modl\"; did you mean \"model\"?\n"
            "0:4 the pipeline varies no \"g\"\n"
            "0:5 \"seed\" is a whole number of at least 0, not -1\n");
}

TEST(Setting, TurnsListsIntoTheirKind) {
  Faults faults;
  const auto value = [&](const char* text) { return parameter_value("p", parse_json(text, faults)); };
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(value("[1, 2]")), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(std::get<std::vector<double>>(value("[1, 2.5]")), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(std::get<Names>(value("[\"a\"]")), Names{"a"});
  EXPECT_THROW(value("[1, \"a\"]"), Error);
  EXPECT_THROW(value("{}"), Error);
}

TEST(Setting, ReplacesEnvironmentVariables) {
  ::setenv("MORGANA_TEST_FOLDER", "/data", 1);
  EXPECT_EQ(with_environment("$MORGANA_TEST_FOLDER/x"), "/data/x");
  EXPECT_EQ(with_environment("a$b $ 5$"), "a$b $ 5$");
  EXPECT_THROW(with_environment("$MORGANA_TEST_NOTHING/x"), Error);
}

TEST(Nearest, FindsTheNameThatWasMeant) {
  EXPECT_EQ(edit_distance("lerning", "learning"), 1u);
  EXPECT_EQ(edit_distance("trian", "train"), 1u);
  EXPECT_EQ(nearest("lerning_rate", {"steps", "learning_rate"}), "learning_rate");
  EXPECT_EQ(nearest("xyz", {"steps", "learning_rate"}), std::nullopt);
}

}  // namespace
}  // namespace morgana::host
