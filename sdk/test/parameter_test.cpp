// SPDX-License-Identifier: Apache-2.0
#include "morgana/parameter.hpp"

#include <gtest/gtest.h>

#include "morgana/stage.hpp"

namespace morgana {
namespace {

class Everything final : public Stage {
 public:
  Param<int> count{*this, "count", {.value = 10, .unit = "packets", .min = 1, .max = 20, .doc = "A count."}};
  Param<double> rate{*this, "rate", {.value = 0.5, .min = 0}};
  Param<bool> flag{*this, "flag", {.value = false}};
  Param<std::string> text{*this, "text", {.doc = "Must be given."}};
  Param<Choice> by{*this, "by", {.value = Choice{"trace"}, .choices = {"trace", "capture"}}};
  Param<InputPath> path{*this, "path", {.value = InputPath{"in"}}};
  Param<std::vector<double>> ratios{*this, "ratios", {.value = std::vector<double>{0.5, 1}, .min = 0}};
  Param<std::vector<std::string>> names{
      *this, "names", {.value = std::vector<std::string>{"PL"}, .choices = {"PL", "IAT"}}};
  void run(Context&) override {}
};

std::string fault(ParameterBase& parameter, ParameterValue value) {
  try {
    parameter.set(std::move(value));
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Parameter, DeclaresItself) {
  const Everything stage;
  ASSERT_EQ(stage.parameters().size(), 8u);
  const auto& info = stage.count.info();
  EXPECT_EQ(info.type, ParameterType::kInteger);
  EXPECT_EQ(std::get<std::int64_t>(*info.value), 10);
  EXPECT_EQ(info.unit, "packets");
  EXPECT_EQ(*info.max, 20.0);
  EXPECT_FALSE(stage.text.info().value.has_value());
  EXPECT_EQ(stage.by.info().choices.size(), 2u);
}

TEST(Parameter, TakesValuesOfItsType) {
  Everything stage;
  stage.count.set(std::int64_t{3});
  stage.rate.set(std::int64_t{2});  // an integer is a real
  stage.by.set(std::string("capture"));
  stage.ratios.set(std::vector<std::int64_t>{1, 2});
  stage.names.set(std::vector<double>{});  // an empty list has no type of its own
  EXPECT_EQ(*stage.count, 3);
  EXPECT_EQ(*stage.rate, 2.0);
  EXPECT_TRUE(*stage.by == "capture");
  EXPECT_EQ(*stage.ratios, (std::vector<double>{1, 2}));
  EXPECT_TRUE(stage.names->empty());
}

TEST(Parameter, RefusesOtherTypesRangesAndChoices) {
  Everything stage;
  EXPECT_EQ(fault(stage.count, std::string("x")), "parameter \"count\" takes an integer, not \"x\"");
  EXPECT_EQ(fault(stage.count, 1.5), "parameter \"count\" takes an integer, not 1.5");
  EXPECT_EQ(fault(stage.count, std::int64_t{21}), "parameter \"count\" is 21; the most is 20 packets");
  EXPECT_EQ(fault(stage.count, std::int64_t{0}), "parameter \"count\" is 0; the least is 1 packets");
  EXPECT_EQ(fault(stage.flag, std::int64_t{1}), "parameter \"flag\" takes a boolean, not 1");
  EXPECT_EQ(fault(stage.by, std::string("device")), "parameter \"by\" is \"device\"; it can be trace, capture");
  EXPECT_EQ(fault(stage.by, std::int64_t{2019}), "parameter \"by\" is \"2019\"; it can be trace, capture")
      << "a choice may look like a number";
  EXPECT_EQ(fault(stage.ratios, std::vector<double>{-1}), "parameter \"ratios\" is -1; the least is 0");
  EXPECT_EQ(fault(stage.names, std::vector<std::string>{"WIN"}), "parameter \"names\" is \"WIN\"; it can be PL, IAT");
  EXPECT_EQ(*stage.count, 10);
}

TEST(Parameter, OneWithoutAValueIsAnErrorWhenRead) {
  const Everything stage;
  EXPECT_THROW(*stage.text, Error);
}

class WrongDefault final : public Stage {
 public:
  Param<int> count{*this, "count", {.value = 0, .min = 1}};
  void run(Context&) override {}
};

class Narrow final : public Stage {
 public:
  Param<int> count{*this, "count", {.value = 1, .min = 1}};
  void run(Context&) override {}
};

TEST(Parameter, AnIntegerThatItsTypeCannotHoldIsAnError) {
  Narrow stage;
  EXPECT_THROW(stage.count.set(std::int64_t{4294967298}), Error);
  stage.count.set(std::int64_t{2147483647});
  EXPECT_EQ(*stage.count, 2147483647);
}

TEST(Parameter, ADefaultOutsideItsRangeIsAnError) { EXPECT_THROW(WrongDefault(), Error); }

}  // namespace
}  // namespace morgana
