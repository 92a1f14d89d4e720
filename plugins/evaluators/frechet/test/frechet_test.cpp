// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "morgana/images.hpp"
#include "morgana/metrics.hpp"
#include "morgana/model.hpp"
#include "morgana/random.hpp"
#include "morgana/testing.hpp"

namespace morgana {
namespace {

/// Images are given as pixels; the codec only says their shape.
class Plain final : public Codec {
 public:
  explicit Plain(std::int64_t side) : side_(side) {}
  std::string_view kind() const override { return "plain"; }
  ImageShape shape() const override { return {2, side_, side_}; }
  std::size_t length() const override { return static_cast<std::size_t>(side_); }
  std::vector<std::pair<std::string, std::string>> trace_channels() const override { return {}; }
  void encode(const Traces&, std::span<const std::size_t>, std::span<float>) const override {}
  DecodedSeries decode(std::span<const float>, std::size_t, Inverse) const override { return {}; }
  std::string exactness() const override { return "exact"; }
  std::string configuration() const override { return fmt::format("{{\"side\": {}}}", side_); }

 private:
  std::int64_t side_;
};

/// Noise around a bright row, whose place is the class.
std::shared_ptr<const Images> images(const std::vector<std::size_t>& counts, std::uint64_t sample, float brightness = 1,
                                     std::int64_t side = 6, bool labels = true) {
  const auto codec = std::make_shared<const Plain>(side);
  const auto pixels = codec->shape().pixels();
  std::vector<float> values;
  NameColumn column{{"a", "b", "c"}, {}};
  for (std::size_t label = 0; label < counts.size(); ++label)
    for (std::size_t i = 0; i < counts[label]; ++i) {
      std::vector<float> image(pixels);
      Random(31, sample, static_cast<std::uint32_t>(label * 10000 + i)).fill_normal(image);
      for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        image[pixel] *= 0.3f;
        if (pixel / static_cast<std::size_t>(side) % static_cast<std::size_t>(side) == 2 * label)
          image[pixel] += brightness;
      }
      values.insert(values.end(), image.begin(), image.end());
      column.id.push_back(labels ? static_cast<std::int32_t>(label) : -1);
    }
  return std::make_shared<const Images>(std::move(values), std::move(column), codec);
}

std::shared_ptr<const Model> extractor(std::shared_ptr<const Images> training, int seed = 1) {
  testing::StageRunner stage(morgana_plugin(), "train.extractor");
  stage.set("steps", 60).set("evaluation_seed", seed).input("images", std::move(training)).run();
  return stage.output<Model>("extractor");
}

struct Evaluation : testing::StageRunner {
  explicit Evaluation(std::shared_ptr<const Images> synthetic, std::shared_ptr<const Model> judge = nullptr,
                      bool labels = true)
      : StageRunner(morgana_plugin(), "evaluate.frechet") {
    const auto training = images({400, 240, 160}, 2, 1, 6, labels);
    set("subsets", 10).set("subset_size", 100);
    input("real", images({100, 60, 40}, 1, 1, 6, labels))
        .input("train", training)
        .input("synthetic", std::move(synthetic));
    if (labels) input("extractor", judge ? judge : extractor(training));
  }
  std::shared_ptr<const Metrics> result() { return run().output<Metrics>("metrics"); }
};

TEST(FrechetStage, OfFreshRealImagesIsItsFloorAndOfWorseOnesMore) {
  const auto fresh = Evaluation(images({400, 240, 160}, 3)).result(),
             faint = Evaluation(images({400, 240, 160}, 3, 0.6f)).result();
  for (const char* name : {"frechet_classifier", "frechet_random"}) {
    EXPECT_NEAR(fresh->find(name)->value / *fresh->find(name)->floor, 1, 0.35) << name;
    EXPECT_GT(faint->find(name)->value, 2 * *faint->find(name)->floor) << name;
    EXPECT_EQ(*fresh->find(name)->floor, *faint->find(name)->floor) << "the floor does not depend on the generator";
  }
  EXPECT_GT(faint->find("kid_classifier")->value, 5 * std::abs(fresh->find("kid_classifier")->value));
  EXPECT_GT(fresh->find("class_accuracy")->value, 0.9);
  EXPECT_EQ(fresh->notes.at("extractor classifier"), faint->notes.at("extractor classifier"));
  EXPECT_NE(fresh->notes.at("extractor classifier").find("XXH3"), std::string::npos);
  EXPECT_TRUE(fresh->notes.contains("not FID"));
  EXPECT_TRUE(fresh->find("frechet_classifier")->headline);
  EXPECT_FALSE(fresh->find("frechet_random")->headline);
}

TEST(FrechetStage, OverlapsFreshRealImagesAsTheTrainingPartDoes) {
  const auto fresh = Evaluation(images({400, 240, 160}, 3)).result(),
             faint = Evaluation(images({400, 240, 160}, 3, 0.6f)).result(),
             lacking = Evaluation(images({400, 240, 0}, 3)).result();
  for (const char* name : {"precision_random", "recall_random", "density_random", "coverage_random"}) {
    EXPECT_NEAR(fresh->find(name)->value / *fresh->find(name)->floor, 1, 0.15) << name;
    EXPECT_LT(faint->find(name)->value, 0.9 * *faint->find(name)->floor) << name;
  }
  // The images that there are look real, and no test image of the class without any is reached.
  EXPECT_GT(lacking->find("precision_classifier")->value, 0.8);
  EXPECT_LT(lacking->find("coverage_classifier")->value, 0.85);
  EXPECT_TRUE(fresh->find("coverage_classifier")->headline);
  EXPECT_FALSE(fresh->find("recall_classifier")->headline);
}

TEST(FrechetStage, GivesTheSyntheticSideTheTestPartsClassShares) {
  const auto metrics = Evaluation(images({300, 300, 300}, 3)).result();
  // 800 training images limit the draw: 400, 240 and 160 wanted, 300 of the first class there.
  EXPECT_EQ(metrics->find("frechet_classifier")->synthetic_count, 300 + 240 + 160);
  EXPECT_EQ(metrics->find("frechet_classifier")->real_count, 200);
  EXPECT_TRUE(metrics->notes.contains("class shares"));
}

TEST(FrechetStage, IsTheSameTwice) {
  const auto first = Evaluation(images({40, 40, 40}, 3)).result(),
             second = Evaluation(images({40, 40, 40}, 3)).result();
  ASSERT_EQ(first->metrics.size(), second->metrics.size());
  for (std::size_t i = 0; i < first->metrics.size(); ++i)
    EXPECT_EQ(first->metrics[i].value, second->metrics[i].value) << first->metrics[i].name;
}

TEST(FrechetStage, WithoutAnExtractorHasTheRandomNetworkAlone) {
  const auto metrics = Evaluation(images({100, 60, 40}, 3, 1, 6, false), nullptr, false).result();
  EXPECT_EQ(metrics->find("frechet_classifier"), nullptr);
  EXPECT_FALSE(std::isnan(metrics->find("frechet_random")->value));
  EXPECT_TRUE(metrics->find("frechet_random")->headline);
}

TEST(Extractor, IsTheSameTwiceAndAnotherWithAnotherSeed) {
  const auto training = images({40, 40, 40}, 2);
  const auto bytes = [](const Model& model) { return model.weights.at("hidden.weight").to_vector<float>(); };
  EXPECT_EQ(bytes(*extractor(training)), bytes(*extractor(training)));
  EXPECT_NE(bytes(*extractor(training)), bytes(*extractor(training, 2)));
}

TEST(Extractor, KnowsTheClassesThatHaveImages) {
  const auto model = extractor(images({40, 0, 30}, 2));
  EXPECT_EQ(model->class_names, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(model->class_counts, (std::vector<std::int64_t>{40, 30}));
  EXPECT_THROW(extractor(images({40}, 2)), Error);
  EXPECT_THROW(extractor(images({40, 40}, 2, 1, 6, false)), Error);
}

TEST(Extractor, IsLoadedFromItsFileToTheSameDistances) {
  const auto training = images({400, 240, 160}, 2), synthetic = images({40, 40, 40}, 3);
  const auto model = extractor(training);
  testing::TestContext folder;
  model->save(folder.root() / "extractor.safetensors");
  register_codec({"plain", [](const char*) -> std::shared_ptr<const Codec> { return std::make_shared<Plain>(6); }});
  const auto loaded = Model::load(folder.root() / "extractor.safetensors");
  EXPECT_EQ(Evaluation(synthetic, loaded).result()->find("frechet_classifier")->value,
            Evaluation(synthetic).result()->find("frechet_classifier")->value);
}

TEST(FrechetStage, TakesALackingClassAndASingleImage) {
  const auto lacking = Evaluation(images({400, 240, 0}, 3)).result();
  EXPECT_EQ(lacking->find("frechet_random")->synthetic_count, 320 + 192);
  const auto single = Evaluation(images({1}, 3)).result();
  EXPECT_TRUE(std::isnan(single->find("frechet_random")->value));
  EXPECT_EQ(single->find("frechet_random")->note, "not defined: a side has fewer than two images");
  EXPECT_TRUE(std::isnan(single->find("recall_random")->value));
  EXPECT_EQ(single->find("recall_random")->note, "not defined: a side has no more than 5 images");
}

TEST(FrechetStage, RefusesOtherShapesAndNothing) {
  const auto refusal = [](std::shared_ptr<const Images> synthetic) -> std::string {
    try {
      Evaluation(std::move(synthetic)).run();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal(images({4, 4}, 3, 1, 7)),
            "input \"synthetic\" has images of 2 x 7 x 7, input \"real\" of 2 x 6 x 6; give all three the same codec");
  EXPECT_THROW(Evaluation(images({4, 4}, 3), extractor(images({40, 40}, 2, 1, 7))).run(), Error)
      << "an extractor of another codec";
  EXPECT_EQ(refusal(images({}, 3)), "input \"synthetic\" has no images");
}

}  // namespace
}  // namespace morgana
