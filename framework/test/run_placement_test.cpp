// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cli/run_options.hpp"
#include "run/node_key.hpp"

namespace morgana::host {
namespace {

const Gpus kNone{{}, "libcuda.so.1 is not there: no NVIDIA driver is installed", ""};
const Gpus kWithoutLibraries{{"NVIDIA H100"}, "", "libcudart.so.13: cannot open shared object file"};
const Gpus kWhole{{"NVIDIA H100", "NVIDIA H100"}, "", ""};

class PlacementTest : public ::testing::Test {
 protected:
  PlacementTest() { stage_.accelerated = stage_.parallel = true; }
  PlannedNode node(const char* device) const {
    PlannedNode node;
    node.name = "model";
    node.stage = &stage_;
    node.device = device;
    return node;
  }
  static std::pair<std::string, std::string> refusal(const PlannedNode& node, const Gpus& gpus) {
    try {
      placement_of(node, 4, gpus);
    } catch (const Error& error) {
      return {error.what(), error.hint()};
    }
    return {};
  }
  StageManifest stage_;
};

TEST_F(PlacementTest, AutoTakesAGpuThatLibTorchCanUse) {
  EXPECT_TRUE(placement_of(node("auto"), 4, kWhole).cuda);
  EXPECT_FALSE(placement_of(node("auto"), 4, kNone).cuda);
  EXPECT_FALSE(placement_of(node("auto"), 4, kWithoutLibraries).cuda);
  EXPECT_TRUE(placement_of(node("cuda"), 4, kWhole).cuda);
  EXPECT_FALSE(placement_of(node("cpu"), 4, kWhole).cuda);
  EXPECT_EQ(placement_of(node("auto"), 4, kWithoutLibraries).threads, 2);
}

TEST_F(PlacementTest, CudaIsRefusedWithCauseAndRemedy) {
  const auto none = refusal(node("cuda"), kNone), without = refusal(node("cuda"), kWithoutLibraries);
  EXPECT_EQ(none.first, "there is no GPU: libcuda.so.1 is not there: no NVIDIA driver is installed");
  EXPECT_EQ(without.first, "LibTorch cannot use the GPU: libcudart.so.13: cannot open shared object file");
  EXPECT_EQ(without.second,
            "install NVIDIA's libraries: scripts/setup --cuda; or set \"device\": \"auto\" to take the CPU meanwhile");
}

TEST_F(PlacementTest, OneLineSaysThatAGpuIsNotUsed) {
  Plan plan;
  plan.nodes = {node("auto"), node("cpu")};
  EXPECT_EQ(unused_gpu_text(plan, kWhole), "");
  EXPECT_EQ(unused_gpu_text(plan, kNone), "");
  EXPECT_EQ(
      unused_gpu_text(plan, kWithoutLibraries),
      "there is a GPU (NVIDIA H100), but LibTorch cannot use it: libcudart.so.13: cannot open shared object file; "
      "1 node runs on the CPU; to use it: scripts/setup --cuda");
}

}  // namespace
}  // namespace morgana::host
