// SPDX-License-Identifier: Apache-2.0
#include "forest.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "morgana/archive.hpp"
#include "morgana/error.hpp"
#include "morgana/random.hpp"
#include "statistics/classification.hpp"
#include "test_environment.hpp"

namespace morgana::downstream {
namespace {

struct Problem {
  Features features;
  std::vector<std::int32_t> labels;
};

/// Four overlapping clouds on eight columns.
Problem clouds(std::size_t count, std::uint64_t sample, float spread = 1) {
  Problem problem;
  problem.features.columns = 8;
  for (std::size_t row = 0; row < count; ++row) {
    const auto label = static_cast<std::int32_t>(row % 4);
    const Random random(3, sample * 100000 + row);
    for (std::uint64_t column = 0; column < 8; ++column)
      problem.features.values.push_back(spread * random.normal(column) +
                                        (column % 4 == static_cast<std::uint64_t>(label) ? 2.0f : 0.0f));
    problem.labels.push_back(label);
  }
  return problem;
}

double accuracy(const Forest& forest, const Problem& problem) {
  return statistics::Confusion(16, problem.labels, forest.predict(problem.features)).accuracy();
}

TEST(Forest, FitsItsTrainingRows) {
  const auto problem = clouds(400, 0);
  EXPECT_GT(accuracy(Forest::fit(problem.features, problem.labels, 4, {.trees = 50}), problem), 0.99);
}

TEST(Forest, KnowsNewRows) {
  const auto train = clouds(2000, 0, 0.5f), test = clouds(1000, 1, 0.5f);
  EXPECT_GT(accuracy(Forest::fit(train.features, train.labels, 4, {.trees = 50}), test), 0.97);
}

TEST(Forest, DoesNotDependOnThreads) {
  const auto train = clouds(600, 0), test = clouds(300, 1);
  const auto alone =
      Forest::fit(train.features, train.labels, 4, {.trees = 31, .threads = 1, .seed = 5}).predict(test.features, 1);
  const auto together =
      Forest::fit(train.features, train.labels, 4, {.trees = 31, .threads = 3, .seed = 5}).predict(test.features, 2);
  const auto other =
      Forest::fit(train.features, train.labels, 4, {.trees = 31, .threads = 1, .seed = 6}).predict(test.features, 1);
  EXPECT_EQ(alone, together);
  EXPECT_NE(alone, other);
}

TEST(Forest, OfOneRowOneClassOrConstantColumns) {
  const Features one{2, {1, 2}};
  EXPECT_EQ(Forest::fit(one, std::vector<std::int32_t>{1}, 3, {.trees = 3}).predict(one),
            (std::vector<std::int32_t>{1}));
  const Features constant{1, {5, 5, 5, 5, 5}};
  const auto forest = Forest::fit(constant, std::vector<std::int32_t>{0, 2, 2, 2, 2}, 3, {.trees = 20});
  EXPECT_EQ(forest.predict(constant)[0], 2);
  EXPECT_THROW(Forest::fit(Features{2, {}}, {}, 3, {}), Error);
  EXPECT_THROW(Forest::fit(one, {}, 3, {}), Error);
}

TEST(Forest, SeparatesNeighbouringFloats) {
  const float low = 1, high = std::nextafter(1.0f, 2.0f);
  const Features features{1, {low, high, low, high, low, high}};
  const std::vector<std::int32_t> labels{0, 1, 0, 1, 0, 1};
  EXPECT_EQ(Forest::fit(features, labels, 2, {.trees = 40}).predict(features), labels);
}

TEST(Forest, StopsWhenAsked) {
  const auto problem = clouds(100, 0);
  EXPECT_THROW(Forest::fit(problem.features, problem.labels, 4,
                           {.trees = 10, .threads = 2, .check = [] { throw std::runtime_error("stop"); }}),
               std::runtime_error);
}

/// The training and test part of the VIDEO set by scikit-learn's split, and its forest's accuracy on them.
TEST(Forest, IsAsGoodAsScikitLearnsOnVideoTraffic) {
  const std::filesystem::path root = MORGANA_SOURCE_DIR, python = testing::oracle_python();
  const auto parquet = testing::reference_data() / "mirage-parquet/Mirage-VIDEO.parquet";
  if (!std::filesystem::exists(parquet)) GTEST_SKIP() << "no reference data at " << parquet;
  if (!std::filesystem::exists(python)) GTEST_SKIP() << "no Python at " << python << ": run scripts/setup";
  std::string folder = (std::filesystem::temp_directory_path() / "morgana-forest-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const auto command = fmt::format("{} {}/plugins/evaluators/downstream/test/scikit_learn.py {} {}/video.safetensors",
                                   python.string(), root.string(), parquet.string(), folder);
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto archive = Archive::read(folder + "/video.safetensors");
  std::filesystem::remove_all(folder);
  const Features train{20, archive.array("train").to_vector<float>()},
      test{20, archive.array("test").to_vector<float>()};
  const auto labels = archive.array("train_label").to_vector<std::int32_t>(),
             truth = archive.array("test_label").to_vector<std::int32_t>();
  const auto peer = archive.array("accuracy_macro_f1").to_vector<double>();

  const auto forest = Forest::fit(train, labels, 16, {.trees = 200, .threads = 2, .seed = 1});
  const statistics::Confusion confusion(16, truth, forest.predict(test, 2));
  // 5,117 test traces: one standard error is 0.0018 of accuracy.
  EXPECT_NEAR(confusion.accuracy(), peer[0], 0.0037);
  EXPECT_NEAR(confusion.macro_f1(), peer[1], 0.012);
  EXPECT_NEAR(confusion.accuracy(), 0.983, 0.004);
  RecordProperty("accuracy", std::to_string(confusion.accuracy()));
}

}  // namespace
}  // namespace morgana::downstream
