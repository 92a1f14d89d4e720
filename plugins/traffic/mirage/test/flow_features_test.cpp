// SPDX-License-Identifier: Apache-2.0
#include "mirage/flow_features.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "mirage/json_text.hpp"
#include "oracle.hpp"

namespace morgana::mirage_format {
namespace {

Statistics statistics_of(std::vector<double> values) {
  sort_values(values);
  return statistics_of_ascending(values);
}

TEST(FlowFeatures, OfNothingAreNaN) {
  for (const double value : statistics_of({})) EXPECT_TRUE(std::isnan(value));
}

TEST(FlowFeatures, OfOneValueAreThatValue) {
  const auto of_one = statistics_of({60});
  for (const auto which : {kMinimum, kMaximum, kMean, kPercentiles}) EXPECT_EQ(of_one[which], 60);
  for (const auto which : {kStandardDeviation, kVariance, kMedianDeviation, kSkewness}) EXPECT_EQ(of_one[which], 0);
  EXPECT_EQ(of_one[kKurtosis], -3);
}

TEST(FlowFeatures, OfEqualValuesHaveNoSpread) {
  // A thousand times 0.1 does not sum to 100 in doubles.
  const auto equal = statistics_of(std::vector<double>(1000, 0.1));
  EXPECT_EQ(equal[kMean], 0.1);
  EXPECT_EQ(equal[kVariance], 0);
  EXPECT_EQ(equal[kSkewness], 0);
  EXPECT_EQ(equal[kKurtosis], -3);
}

TEST(FlowFeatures, AreThoseOfTheDefinitions) {
  const auto of_two = statistics_of({3, 1});  // too few for corrections
  EXPECT_EQ(of_two[kMean], 2);
  EXPECT_EQ(of_two[kStandardDeviation], 1);
  EXPECT_EQ(of_two[kMedianDeviation], 1);
  EXPECT_EQ(of_two[kSkewness], 0);
  EXPECT_EQ(of_two[kKurtosis], -2);
  EXPECT_DOUBLE_EQ(of_two[kPercentiles], 1.2);
  EXPECT_DOUBLE_EQ(of_two[kPercentiles + 8], 2.8);

  const auto of_five = statistics_of({5, 1, 2, 3, 14});
  EXPECT_EQ(of_five[kMean], 5);
  EXPECT_EQ(of_five[kVariance], 22);
  EXPECT_EQ(of_five[kMedianDeviation], 2);                                                      // of 2 1 0 2 11
  EXPECT_DOUBLE_EQ(of_five[kSkewness], std::sqrt(20.0) / 3 * (630.0 / 5) / std::pow(22, 1.5));  // -64 -27 -8 0 729
  EXPECT_DOUBLE_EQ(of_five[kKurtosis], (24 * (6914.0 / 5) / (22 * 22) - 3 * 16) / (3 * 2));     // 256 81 16 0 6561
}

TEST(FlowFeatures, KeepTheirDigitsFarFromZero) {
  // Values 1e9 + {0, 1, 2}: the naive sum of squares loses the variance.
  std::vector<double> values;
  for (int i = 0; i < 3000; ++i) values.push_back(1e9 + i % 3);
  const auto far = statistics_of(values);
  EXPECT_EQ(far[kMean], 1e9 + 1);
  EXPECT_DOUBLE_EQ(far[kVariance], 2.0 / 3);
  EXPECT_NEAR(far[kSkewness], 0, 1e-12);
}

TEST(FlowFeatures, OfGapsWhosePowersVanishAreFinite) {
  const auto tiny = statistics_of({1e-200, 2e-200, 5e-200});
  EXPECT_EQ(tiny[kKurtosis], -3);
  EXPECT_EQ(tiny[kSkewness], 0);
}

TEST(FlowFeatures, SortAlikeWhetherFewOrMany) {
  std::mt19937_64 random(7);
  for (const std::size_t count : {2, 599, 600, 5000}) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i)
      values.push_back(i % 3 == 0 ? std::exponential_distribution<double>(1000)(random)
                                  : std::normal_distribution<double>(0, 1500)(random));
    auto expected = values;
    std::sort(expected.begin(), expected.end());
    sort_values(values);
    EXPECT_EQ(values, expected) << count;
  }
}

TEST(FlowFeatures, JoinTheGapsOfTheDirections) {
  FlowSeries series;
  series.lengths = {{{60, 52}, {60, 1500, 40}}};
  series.gaps = {{{2.0}, {0.5, 1.0}}};
  const auto features = flow_features(series);
  EXPECT_EQ(features[kPacketLength][kBiflow][kMean], (60 + 52 + 60 + 1500 + 40) / 5.0);
  EXPECT_EQ(features[kPacketLength][kUpstream][kMinimum], 52);
  EXPECT_EQ(features[kPacketLength][kDownstream][kMaximum], 1500);
  EXPECT_EQ(features[kInterArrival][kBiflow][kPercentiles + 4], 1.0);
  EXPECT_EQ(features[kInterArrival][kUpstream][kVariance], 0);
  EXPECT_EQ(features[kInterArrival][kDownstream][kMean], 0.75);
  FlowSeries one_way;
  one_way.lengths[0] = {60};
  const auto single = flow_features(one_way);
  EXPECT_EQ(single[kPacketLength][kBiflow][kMean], 60);
  EXPECT_TRUE(std::isnan(single[kPacketLength][kDownstream][kMean]));
  EXPECT_TRUE(std::isnan(single[kInterArrival][kBiflow][kMaximum]));
}

using FlowFeaturesOracle = OracleTest;

TEST_F(FlowFeaturesOracle, AreThoseOfScipyAndNumpy) {
  std::mt19937_64 random(11);
  std::string text = "[";
  for (int list = 0; list < 300; ++list) {
    const auto size = list < 60 ? list % 6 + 1 : list < 295 ? random() % 200 + 1 : random() % 20000 + 1;
    std::vector<double> values;
    for (std::size_t i = 0; i < size; ++i) {
      if (list % 3 == 0) values.push_back(static_cast<double>(random() % 8) * 200 + 40);  // packet lengths: ties
      else if (list % 3 == 1) values.push_back(std::exponential_distribution<double>(20)(random));
      else values.push_back(std::lognormal_distribution<double>(-5, 3)(random));  // gaps: heavy tails
    }
    text += list == 0 ? "[[" : ", [[";
    for (std::size_t i = 0; i < size; ++i) {
      text += i == 0 ? "" : ", ";
      append_double(text, values[i]);
    }
    text += "], [";
    const auto statistics = statistics_of(values);
    for (std::size_t i = 0; i < kStatistics; ++i) {
      text += i == 0 ? "" : ", ";
      append_double(text, statistics[i]);
    }
    text += "]]";
  }
  const auto file = folder_ / "lists.json";
  std::ofstream(file) << text << "]";
  EXPECT_TRUE(python(R"(
import json, sys, warnings, numpy as np
from scipy import stats
warnings.simplefilter("ignore")
lists = json.load(open(sys.argv[1]))
assert len(lists) == 300
for values, ours in lists:
    x = np.array(values)
    n, spread = len(x), x.min() != x.max()
    theirs = [x.min(), x.max(), x.mean(), x.std(), x.var(), stats.median_abs_deviation(x),
              stats.skew(x, bias=n < 3) if spread else 0.0,
              stats.kurtosis(x, bias=n < 4) if spread else -3.0,
              *np.percentile(x, range(10, 100, 10))]
    assert np.allclose(ours, theirs, rtol=1e-10, atol=1e-13), (values, ours, theirs)
)",
                     file));
}

}  // namespace
}  // namespace morgana::mirage_format
