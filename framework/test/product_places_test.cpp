// SPDX-License-Identifier: Apache-2.0
#include "graph/product_places.hpp"

#include <gtest/gtest.h>

namespace morgana::host {
namespace {

/// Nodes that write, one a name, each to the paths given.
class ProductPlaces : public ::testing::Test {
 protected:
  ProductPlaces() {
    path_.type = second_.type = ParameterType::kOutputPath;
    path_.name = "path";
    second_.name = "second";
  }
  std::vector<std::string> faults(const std::vector<std::pair<std::string, std::vector<std::string>>>& writers) {
    std::vector<PlannedNode> nodes;
    for (const auto& [name, paths] : writers) {
      auto& node = nodes.emplace_back();
      node.name = name;
      node.base_name = name.substr(0, name.find('['));
      if (node.name != node.base_name) node.variables["seed"] = "1";
      for (const auto& path : paths)
        node.parameters.push_back({node.parameters.empty() ? &path_ : &second_, path, false, {}});
    }
    Faults found;
    check_product_places(nodes, found);
    std::vector<std::string> sentences;
    for (const auto& fault : found.sorted()) sentences.push_back(sentence(fault));
    return sentences;
  }
  using List = std::vector<std::string>;

 private:
  ParameterInfo path_, second_;
};

TEST_F(ProductPlaces, StayInTheRunsFolderAndLeaveItsOwnFiles) {
  EXPECT_EQ(faults({{"one", {"report"}}, {"two", {"deep/../other"}}, {"three", {""}}}), List{});
  EXPECT_EQ(faults({{"one", {"/tmp/report"}}}),
            List{"node \"one\": the output path \"/tmp/report\" leads out of the run's folder"});
  EXPECT_EQ(faults({{"one", {"../report"}}}),
            List{"node \"one\": the output path \"../report\" leads out of the run's folder"});
  EXPECT_EQ(faults({{"one", {"."}}}), List{"node \"one\": the output path \".\" leads out of the run's folder"});
  EXPECT_EQ(faults({{"one", {"run.json"}}}), List{"node \"one\": the run keeps \"run.json\" for itself"});
  EXPECT_EQ(faults({{"one", {"values/report"}}}), List{"node \"one\": the run keeps \"values\" for itself"});
}

TEST_F(ProductPlaces, AreOneForEach) {
  EXPECT_EQ(faults({{"one", {"report"}}, {"two", {"report/"}}}),
            List{"node \"two\": it would write \"report/\", which node \"one\" writes too"});
  EXPECT_EQ(faults({{"one", {"report", "x/../report"}}}),
            List{"node \"one\": it would write \"x/../report\", which its own \"path\" writes too"});
  EXPECT_EQ(faults({{"w[seed=1]", {"a"}}, {"w[seed=2]", {"a"}}, {"w[seed=3]", {"a"}}}),
            List{"node \"w\": \"w[seed=2]\" would write \"a\", which node \"w[seed=1]\" writes too"});
}

TEST_F(ProductPlaces, DoNotLieInEachOther) {
  EXPECT_EQ(faults({{"one", {"out"}}, {"two", {"out.txt"}}, {"three", {"outer/x"}}}), List{});
  EXPECT_EQ(faults({{"one", {"out/x"}}, {"two", {"out"}}, {"three", {"out-2"}}, {"four", {"out/y/z"}}}),
            (List{"node \"one\": it would write \"out/x\", which lies in \"out\", which node \"two\" writes",
                  "node \"four\": it would write \"out/y/z\", which lies in \"out\", which node \"two\" writes"}));
}

}  // namespace
}  // namespace morgana::host
