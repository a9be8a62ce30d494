#pragma once
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "manyworlds/core/scalar.hpp"
#include "manyworlds/io/canvas.hpp"

/// A small stroke font of our own: printable ASCII as lines and elliptic arcs, which scale and turn without steps.
namespace manyworlds::io {

/// One glyph in font units: capitals are 14 high on the baseline y = 0, y up; small letters 10, descenders -4.
/// Commands: Mx y starts a line, Lx y goes on; a cx cy rx ry from to (degrees) starts with an arc, A joins one.
struct Glyph {
  double width;
  const char* strokes;
};

/// Glyph of a printable ASCII character; a hollow box for everything else.
inline Glyph glyph(char character) {
  static constexpr Glyph table[95] = {
      {4.5, ""},                                                                                        // space
      {.8, "M.4 14L.4 4.6a.4 .4 .4 .4 0 360"},                                                          // !
      {3, "M0 14L0 10M3 14L3 10"},                                                                      // "
      {9, "M3.4 14L1.6 0M7.4 14L5.6 0M.4 9.5L9 9.5M0 4.5L8.6 4.5"},                                     // #
      {8, "a4 10 3.7 3 25 270A4 3.8 4 3.2 90 -155M4 16L4 -2"},                                          // $
      {11.5, "a2.6 10.9 2.6 3.1 0 360M9.8 14L1.8 0a8.9 3.1 2.6 3.1 0 360"},                             // %
      {10, "M10 0L2.3 9.4A4.6 11.4 2.7 2.6 220 -40L2.2 6.6A3.8 3.5 3.8 3.5 125 310L9.6 6"},             // &
      {0, "M0 14L0 10"},                                                                                // '
      {3, "a7 5.5 7 11 125 235"},                                                                       // (
      {3, "a-4 5.5 7 11 55 -55"},                                                                       // )
      {6, "M3 14L3 8M.4 12.5L5.6 9.5M5.6 12.5L.4 9.5"},                                                 // *
      {8, "M4 9.5L4 1.5M0 5.5L8 5.5"},                                                                  // +
      {1.4, "M1.2 .8L1.2 0L.1 -2.8"},                                                                   // ,
      {5, "M0 5.5L5 5.5"},                                                                              // -
      {.8, "a.4 .4 .4 .4 0 360"},                                                                       // .
      {6, "M6 15L0 -2"},                                                                                // /
      {8, "a4 7 4 7 0 360"},                                                                            // 0
      {8, "M1.4 11.2L5 14L5 0"},                                                                        // 1
      {8, "a4 10 3.9 4 165 -38L0 0L8 0"},                                                               // 2
      {8, "a4 10.6 3.5 3.4 150 -90A3.8 3.6 4.2 3.6 90 -155"},                                           // 3
      {8, "M6.2 0L6.2 14L0 4.4L8.4 4.4"},                                                               // 4
      {8, "M7.2 14L1.3 14L.7 7.6A4 4.6 4 4.6 130 -150"},                                                // 5
      {8, "a4 4.5 4 4.5 0 360a7.4 4.5 7.4 9.5 98 180"},                                                 // 6
      {8, "M0 14L8 14L2.8 0"},                                                                          // 7
      {8, "a4 10.55 3.4 3.45 0 360a4 3.6 4 3.6 0 360"},                                                 // 8
      {8, "a4 9.5 4 4.5 0 360a.6 9.5 7.4 9.5 0 -82"},                                                   // 9
      {.8, "a.4 .4 .4 .4 0 360a.4 8.8 .4 .4 0 360"},                                                    // :
      {1.4, "M1.2 .8L1.2 0L.1 -2.8a1.1 8.8 .4 .4 0 360"},                                               // ;
      {8, "M8 10L0 5.5L8 1"},                                                                           // <
      {8, "M0 7.5L8 7.5M0 3.5L8 3.5"},                                                                  // =
      {8, "M0 10L8 5.5L0 1"},                                                                           // >
      {7, "a3.5 10.6 3.5 3.4 165 -50L3.6 6L3.6 4.4a3.6 .4 .4 .4 0 360"},                                // ?
      {12.5, "a6 5.4 2.7 3.2 0 360M8.8 8.6L8.7 4.2A10.6 4.4 1.9 2.2 190 360A6.25 5.4 6.25 7.6 0 305"},  // @
      {9.4, "M0 0L4.7 14L9.4 0M1.6 4.8L7.8 4.8"},                                                       // A
      {8.6, "M0 7.3L4.8 7.3A4.8 10.65 3.2 3.35 -90 90L0 14L0 0L5 0A5 3.65 3.6 3.65 -90 90"},            // B
      {9.2, "a5.2 7 5.2 7 42 318"},                                                                     // C
      {9.4, "M0 14L4.2 14A4.2 7 5.2 7 90 -90L0 0L0 14"},                                                // D
      {7.2, "M7 14L0 14L0 0L7.2 0M0 7.3L6.3 7.3"},                                                      // E
      {7, "M7 14L0 14L0 0M0 7.1L6 7.1"},                                                                // F
      {9.8, "a5.2 7 5.2 7 44 322L9.4 6.5L5.7 6.5"},                                                     // G
      {9, "M0 14L0 0M9 14L9 0M0 7.3L9 7.3"},                                                            // H
      {0, "M0 14L0 0"},                                                                                 // I
      {6, "M6 14L6 3.8A3 3.8 3 3.8 0 -165"},                                                            // J
      {8.4, "M0 14L0 0M8 14L0 5.4M2.9 8.5L8.4 0"},                                                      // K
      {6.8, "M0 14L0 0L6.8 0"},                                                                         // L
      {10.4, "M0 0L0 14L5.2 3.4L10.4 14L10.4 0"},                                                       // M
      {9, "M0 0L0 14L9 0L9 14"},                                                                        // N
      {10.4, "a5.2 7 5.2 7 0 360"},                                                                     // O
      {8.2, "M0 0L0 14L4.5 14A4.5 10.3 3.7 3.7 90 -90L0 6.6"},                                          // P
      {10.4, "a5.2 7 5.2 7 0 360M6.4 3.2L10.2 -1.2"},                                                   // Q
      {8.6, "M0 0L0 14L4.6 14A4.6 10.3 3.7 3.7 90 -90L0 6.6M4.4 6.6L8.6 0"},                            // R
      {8, "a4 10.5 3.6 3.5 28 270A4 3.5 4 3.5 90 -155"},                                                // S
      {9, "M0 14L9 14M4.5 14L4.5 0"},                                                                   // T
      {9, "M0 14L0 4.5A4.5 4.5 4.5 4.5 180 360L9 14"},                                                  // U
      {9.2, "M0 14L4.6 0L9.2 14"},                                                                      // V
      {13, "M0 14L3.4 0L6.5 12L9.6 0L13 14"},                                                           // W
      {8.8, "M0 0L8.6 14M.2 14L8.8 0"},                                                                 // X
      {8.8, "M0 14L4.4 6.6L8.8 14M4.4 6.6L4.4 0"},                                                      // Y
      {8.4, "M.2 14L8.2 14L0 0L8.4 0"},                                                                 // Z
      {3, "M3 15.5L0 15.5L0 -3.5L3 -3.5"},                                                              // [
      {6, "M0 15L6 -2"},                                                                                // backslash
      {3, "M0 15.5L3 15.5L3 -3.5L0 -3.5"},                                                              // ]
      {7, "M0 8.5L3.5 14L7 8.5"},                                                                       // ^
      {8, "M0 -2L8 -2"},                                                                                // _
      {3, "M0 14L2.6 11.4"},                                                                            // `
      {7, "a3.6 6.7 3.4 3.3 155 0L7 0M7 5.7L3.3 5.7A3.2 2.8 3.2 2.9 90 270A3.2 3.7 3.8 3.8 270 345"},   // a
      {7.8, "M0 14L0 0a3.9 5 3.9 5 0 360"},                                                             // b
      {6.9, "a4 5 4 5 44 316"},                                                                         // c
      {7.8, "M7.8 14L7.8 0a3.9 5 3.9 5 0 360"},                                                         // d
      {7.8, "M.1 5.3L7.7 5.3A3.9 5 3.9 5 5 318"},                                                       // e
      {4.6, "a4.8 10.8 2.8 3.2 84 180L2 0M0 9.6L4.6 9.6"},                                              // f
      {7.8, "a3.9 5 3.9 5 0 360M7.8 10L7.8 -.4A4.1 -.4 3.7 3.7 0 -150"},                                // g
      {7.2, "M0 14L0 0M0 6.2A3.6 6.2 3.6 3.8 180 0L7.2 0"},                                             // h
      {.4, "M.2 10L.2 0a.2 13.4 .4 .4 0 360"},                                                          // i
      {2.2, "M2 10L2 -1.4A-.4 -1.4 2.4 2.6 0 -80a2 13.4 .4 .4 0 360"},                                  // j
      {7, "M0 14L0 0M6.6 10L0 3.8M2.6 6.2L7 0"},                                                        // k
      {.4, "M.2 14L.2 0"},                                                                              // l
      {12, "M0 10L0 0M0 6.4A3 6.4 3 3.6 180 0L6 0M6 6.4A9 6.4 3 3.6 180 0L12 0"},                       // m
      {7.2, "M0 10L0 0M0 6.2A3.6 6.2 3.6 3.8 180 0L7.2 0"},                                             // n
      {8, "a4 5 4 5 0 360"},                                                                            // o
      {7.8, "M0 10L0 -4a3.9 5 3.9 5 0 360"},                                                            // p
      {7.8, "M7.8 10L7.8 -4a3.9 5 3.9 5 0 360"},                                                        // q
      {4.4, "M0 10L0 0M0 5.8A4 5.8 4 4.2 180 82"},                                                      // r
      {6.4, "a3.2 7.4 2.9 2.6 28 265A3.2 2.4 3.2 2.45 90 -155"},                                        // s
      {4.8, "M2 13L2 2.8A4.6 2.8 2.6 2.8 180 275M0 9.6L4.6 9.6"},                                       // t
      {7.2, "M0 10L0 3.8A3.6 3.8 3.6 3.8 180 360M7.2 10L7.2 0"},                                        // u
      {7.4, "M0 10L3.7 0L7.4 10"},                                                                      // v
      {11, "M0 10L2.8 0L5.5 9L8.2 0L11 10"},                                                            // w
      {7, "M0 10L7 0M7 10L0 0"},                                                                        // x
      {7.4, "M0 10L3.8 0M7.4 10L3 -2.4A.8 -1.6 2.4 2.4 -20 -90"},                                       // y
      {6.8, "M.2 10L6.6 10L0 0L6.8 0"},                                                                 // z
      {4, "M4 15.5L3 15.5L2 14.5L2 7.2L0 6L2 4.8L2 -2.5L3 -3.5L4 -3.5"},                                // {
      {0, "M0 15.5L0 -3.5"},                                                                            // |
      {4, "M0 15.5L1 15.5L2 14.5L2 7.2L4 6L2 4.8L2 -2.5L1 -3.5L0 -3.5"},                                // }
      {8, "a2.2 5 2.2 1.4 160 20A6.2 6 2.2 1.4 200 340"}};                                              // ~
  const int index = int(static_cast<unsigned char>(character)) - 32;
  return index >= 0 && index < 95 ? table[index] : Glyph{7, "M0 0L0 12L7 12L7 0L0 0"};
}

/// The lines of a glyph in font units, arcs cut into chords of at most 15 degrees.
inline std::vector<Polyline> glyph_lines(char character) {
  std::vector<Polyline> lines;
  char command = 0;
  for (const char* at = glyph(character).strokes; *at;) {
    if (std::string_view("MLAa").find(*at) != std::string_view::npos) command = *at++;
    const auto number = [&at] {
      char* end = nullptr;
      const double value = std::strtod(at, &end);
      at = end;
      return value;
    };
    if (command == 'M' || command == 'a') lines.emplace_back();
    const double x = number(), y = number();
    if (command == 'M' || command == 'L') {
      lines.back().push_back({x, y});
      continue;
    }
    const double rx = number(), ry = number(), from = number(), to = number();
    const int chords = std::max(1, int(std::ceil(std::abs(to - from) / 15)));
    for (int i = 0; i <= chords; ++i) {
      const double angle = (from + (to - from) * i / chords) * pi / 180;
      lines.back().push_back({x + rx * std::cos(angle), y + ry * std::sin(angle)});
    }
  }
  return lines;
}

}  // namespace manyworlds::io
