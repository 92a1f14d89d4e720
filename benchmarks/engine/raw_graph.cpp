// SPDX-License-Identifier: Apache-2.0
// What oneTBB's flow graph alone takes for a layered graph: prints seconds a pass, the median of 25.
#include <tbb/flow_graph.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <vector>

int main(int count, char** words) {
  const int layers = count > 1 ? std::atoi(words[1]) : 20, width = count > 2 ? std::atoi(words[2]) : 100;
  using Message = tbb::flow::continue_msg;
  tbb::flow::graph graph;
  std::deque<tbb::flow::continue_node<Message>> nodes;
  for (int layer = 0; layer < layers; ++layer)
    for (int i = 0; i < width; ++i) {
      nodes.emplace_back(graph, [](const Message& message) { return message; });
      if (layer == 0) continue;
      const auto above = static_cast<std::size_t>((layer - 1) * width);
      tbb::flow::make_edge(nodes[above + static_cast<std::size_t>(i)], nodes.back());
      tbb::flow::make_edge(nodes[above + static_cast<std::size_t>((i + 1) % width)], nodes.back());
    }
  std::vector<double> seconds;
  for (int pass = 0; pass < 25; ++pass) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < width; ++i) nodes[static_cast<std::size_t>(i)].try_put(Message());
    graph.wait_for_all();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  std::printf("%.9f\n", seconds[seconds.size() / 2]);
}
