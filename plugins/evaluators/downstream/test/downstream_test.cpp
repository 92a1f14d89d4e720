// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "morgana/testing.hpp"
#include "traffic.hpp"

namespace morgana {
namespace {

struct Evaluation : testing::StageRunner {
  explicit Evaluation(std::shared_ptr<const Traces> synthetic) : StageRunner(morgana_plugin(), "evaluate.downstream") {
    set("trees", 20)
        .set("repeats", 3)
        .set("ratios", std::vector<double>{0.5, 1, 2})
        .input("train", traffic({100, 100, 100}, 1))
        .input("test", traffic({40, 40, 40}, 2));
    input("synthetic", std::move(synthetic));
  }
};

TEST(Downstream, KnowsAGoodGeneratorFromABadOne) {
  Evaluation good(traffic({100, 100, 100}, 3)), bad(traffic({100, 100, 100}, 3, 300));
  const auto well = good.run().output<Metrics>("metrics"), badly = bad.run().output<Metrics>("metrics");
  const double ceiling = value(*well, "accuracy", {{"protocol", "TRTR"}});
  EXPECT_GT(ceiling, 0.95);
  EXPECT_NEAR(value(*well, "accuracy", {{"protocol", "TSTR"}}), ceiling, 0.05);
  EXPECT_NEAR(value(*well, "accuracy_ratio", {}), 1, 0.05);
  EXPECT_LT(value(*badly, "accuracy", {{"protocol", "TSTR"}}), 0.5);
  EXPECT_LT(value(*badly, "accuracy", {{"protocol", "TRTS"}}), 0.5);
  EXPECT_EQ(value(*badly, "accuracy", {{"protocol", "TRTR"}}), ceiling)
      << "what is real does not depend on the generator";
}

TEST(Downstream, SaysWithHowManyTracesItTrained) {
  Evaluation runner(traffic({50, 300, 100}, 3));
  const auto metrics = runner.run().output<Metrics>("metrics");
  EXPECT_EQ(metrics->find("accuracy", {{"protocol", "TRTR"}})->real_count, 300);
  EXPECT_EQ(metrics->find("accuracy", {{"protocol", "TSTR"}})->synthetic_count, 250);
  EXPECT_EQ(metrics->find("accuracy", {{"protocol", "TRTR-matched"}})->real_count, 250);
  EXPECT_EQ(*metrics->find("accuracy", {{"protocol", "TSTR"}})->floor,
            metrics->find("accuracy", {{"protocol", "TRTR-matched"}})->value);
  EXPECT_EQ(metrics->find("accuracy", {{"protocol", "augmentation"}, {"ratio", "0.5"}})->synthetic_count, 150);
  EXPECT_EQ(metrics->find("accuracy", {{"protocol", "augmentation"}, {"ratio", "2"}})->synthetic_count, 350);
  EXPECT_EQ(metrics->find("accuracy", {{"protocol", "few-real"}, {"fraction", "0.01"}})->real_count, 3);
  EXPECT_EQ(metrics->find("accuracy", {{"protocol", "few-real+synthetic"}, {"fraction", "0.1"}})->real_count, 30);
  EXPECT_EQ(metrics->find("accuracy", {{"protocol", "TSTR"}})->repeats, 3);
  EXPECT_LE(*metrics->find("accuracy", {{"protocol", "TSTR"}})->low,
            metrics->find("accuracy", {{"protocol", "TSTR"}})->value);
}

TEST(Downstream, ReportsHeadlinesClassesAndConfusion) {
  Evaluation runner(traffic({100, 100, 100}, 3));
  const auto metrics = runner.run().output<Metrics>("metrics");
  std::vector<std::string> headlines;
  for (const auto& metric : metrics->metrics)
    if (metric.headline) headlines.push_back(metric.name);
  EXPECT_EQ(headlines, (std::vector<std::string>{"accuracy", "macro_f1", "accuracy_ratio", "augmentation_gain"}));
  ASSERT_EQ(metrics->matrices.size(), 2u);
  double sum = 0;
  for (const auto cell : metrics->matrices[0].values) sum += cell;
  EXPECT_NEAR(sum, 120, 1e-9);
  EXPECT_GT(value(*metrics, "f1", {{"protocol", "TSTR"}, {"class", "b"}}), 0.9);
  EXPECT_EQ(metrics->evaluator, "evaluate.downstream");
}

TEST(Downstream, TellsSeenTestTracesApart) {
  testing::StageRunner all(morgana_plugin(), "evaluate.downstream");
  all.set("trees", 10)
      .set("repeats", 1)
      .input("train", traffic({100, 100, 100}, 1))
      .input("test", traffic({100, 100, 100}, 1));
  const auto metrics = all.input("synthetic", traffic({100, 100, 100}, 3)).run().output<Metrics>("metrics");
  EXPECT_GT(value(*metrics, "accuracy", {{"protocol", "TRTR"}, {"test", "seen"}}), 0.99);
  EXPECT_TRUE(std::isnan(metrics->find("accuracy", {{"protocol", "TRTR"}, {"test", "unseen"}})->value));
}

TEST(Downstream, NamesClassesThatTheGeneratorLacks) {
  Evaluation runner(traffic({100, 0, 100}, 3));
  const auto metrics = runner.run().output<Metrics>("metrics");
  EXPECT_EQ(metrics->notes.at("classes without synthetic traces"), "b");
  EXPECT_EQ(value(*metrics, "f1", {{"protocol", "TSTR"}, {"class", "b"}}), 0);
}

TEST(Downstream, MatchesClassesByName) {
  Evaluation runner(traffic({100, 100, 100}, 3, 0, {"a", "b", "c"}));
  // The same traffic with the names in another order and the classes swapped accordingly would be told by accuracy
  // alone.
  Evaluation other(traffic({100, 100, 100}, 3, 0, {"c", "a", "b"}));
  EXPECT_GT(value(*runner.run().output<Metrics>("metrics"), "accuracy", {{"protocol", "TSTR"}}), 0.95);
  EXPECT_LT(value(*other.run().output<Metrics>("metrics"), "accuracy", {{"protocol", "TSTR"}}), 0.05);
}

TEST(Downstream, SkipsARatioForWhichThereAreNoMoreTraces) {
  Evaluation runner(traffic({100, 100, 100}, 3));
  const auto metrics = runner.run().output<Metrics>("metrics");
  const auto* twice = metrics->find("accuracy", {{"protocol", "augmentation"}, {"ratio", "2"}});
  EXPECT_TRUE(std::isnan(twice->value));
  EXPECT_NE(twice->note.find("only 300 synthetic traces"), std::string::npos);
}

TEST(Downstream, DoesNotDependOnThreads) {
  Evaluation first(traffic({60, 70, 80}, 3)), second(traffic({60, 70, 80}, 3));
  second.context.thread_count = 3;
  const auto one = first.run().output<Metrics>("metrics"), two = second.run().output<Metrics>("metrics");
  ASSERT_EQ(one->metrics.size(), two->metrics.size());
  for (std::size_t i = 0; i < one->metrics.size(); ++i)
    EXPECT_TRUE(one->metrics[i].value == two->metrics[i].value || std::isnan(one->metrics[i].value))
        << one->metrics[i].name;
}

std::string refusal(std::shared_ptr<const Traces> synthetic) {
  try {
    Evaluation(std::move(synthetic)).run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Downstream, RefusesWhatHasNoClasses) {
  EXPECT_EQ(refusal(traffic({}, 3)), "none of the 0 synthetic traces has a label; a classifier needs classes");
  EXPECT_EQ(refusal(traffic({5}, 3, 0, {"z"})), "the synthetic traces have no class of the training part");
  auto table = traffic({5}, 3)->table();
  table.label = {};
  EXPECT_EQ(refusal(std::make_shared<const Traces>(std::move(table))),
            "none of the 5 synthetic traces has a label; a classifier needs classes");
}

TEST(Downstream, StopsOnRequest) {
  Evaluation runner(traffic({100, 100, 100}, 3));
  runner.context.stop_after = 2;
  EXPECT_THROW(runner.run(), Stopped);
}

}  // namespace
}  // namespace morgana
