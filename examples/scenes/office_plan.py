"""The floor plan of office_v1 as tables, in metres: what generate.py turns into meshes.

x to the right, y up on the plan. Rooms share single walls; a wall with doorways is one object.
"""
DOOR = 2.1   # top of a doorway
ROOM = 3.0   # height of every room

WALLS = [  # name, material, from, to, openings (leads to, from, to, top, leaf)
    ("front_glass", "glass", (0, 0), (30, 0), []),
    ("outer_north", "concrete", (0, 20), (30, 20), []),
    ("outer_west", "concrete", (0, 0), (0, 20), []),
    ("outer_east", "concrete", (30, 0), (30, 20), []),
    ("corridor_south", "concrete", (0, 9.2), (30, 9.2),
     [("open_plan_1", 2.0, 3.0, DOOR, None), ("open_plan_2", 6.0, 7.0, DOOR, None), ("room_2", 12.2, 13.1, DOOR, "b-"),
      ("room_4", 17.2, 18.1, DOOR, "b-"), ("room_6", 20.6, 21.5, DOOR, "a-"), ("room_8", 27.4, 28.4, ROOM, None)]),
    ("corridor_north", "concrete", (0, 11.2), (30, 11.2),
     [("room_9", 2.2, 3.1, DOOR, "a+"), ("room_11", 10.9, 11.8, DOOR, "b+"), ("server_room", 13.3, 14.2, DOOR, "a+"),
      ("lift_lobby", 17.6, 20.2, ROOM, None), ("wing", 23.7, 24.7, ROOM, None)]),
    # south of the corridor
    ("open_plan_east", "plasterboard", (10.1, 0), (10.1, 9.2), [("room_1", 2.1, 3.0, DOOR, "b+")]),
    ("room_2_south", "plasterboard", (10.1, 4.6), (15.1, 4.6), []),
    ("room_1_east", "plasterboard", (15.1, 0), (15.1, 4.6), []),
    ("room_2_east", "plasterboard", (15.1, 4.6), (15.1, 9.2), []),
    ("room_4_south", "plasterboard", (15.1, 4.6), (20.1, 4.6), [("room_3", 15.9, 16.8, DOOR, "a-")]),
    ("room_3_east", "plasterboard", (20.1, 0), (20.1, 4.6), []),
    ("room_4_east", "plasterboard", (20.1, 4.6), (20.1, 9.2), []),
    ("room_6_south", "plasterboard", (20.1, 4.6), (25.1, 4.6), [("room_5", 23.6, 24.5, DOOR, "b-")]),
    ("room_5_east", "plasterboard", (25.1, 0), (25.1, 4.6), []),
    ("room_6_east", "plasterboard", (25.1, 4.6), (25.1, 9.2), []),
    ("room_8_south", "plasterboard", (25.1, 4.6), (30, 4.6), [("room_7", 25.8, 26.7, DOOR, "a-")]),
    ("room_8_entry_west", "concrete", (27.4, 8.6), (27.4, 9.2), []),
    ("room_8_entry_east", "concrete", (28.4, 8.6), (28.4, 9.2), []),
    ("room_8_entry", "concrete", (27.4, 8.6), (28.4, 8.6), [("room_8", 27.4, 28.4, DOOR, None)]),
    # north of the corridor, west of the lifts
    ("room_9_north", "plasterboard", (0, 15.6), (6.3, 15.6), [("room_10", 4.6, 5.5, DOOR, "b+")]),
    ("room_9_east", "plasterboard", (6.3, 11.2), (6.3, 15.6), []),
    ("room_10_east", "plasterboard", (6.3, 15.6), (6.3, 20), []),
    ("room_11_north", "plasterboard", (6.3, 15.6), (12.6, 15.6), [("room_12", 7.4, 8.3, DOOR, "a+")]),
    ("room_12_east", "plasterboard", (12.6, 15.6), (12.6, 20), []),
    # the core: server room and two lifts
    ("core_west", "concrete", (12.6, 11.2), (12.6, 15.6), []),
    ("core_middle", "concrete", (15, 11.2), (15, 15.6), []),
    ("core_divider", "concrete", (15, 13.4), (17.4, 13.4), []),
    ("core_north", "concrete", (12.6, 15.6), (17.4, 15.6), []),
    ("core_east", "concrete", (17.4, 11.2), (17.4, 15.6),
     [("lift_1", 11.75, 12.85, DOOR, None), ("lift_2", 13.95, 15.05, DOOR, None)]),
    ("lift_door_1", "metal", (17.4, 11.75), (17.4, 12.85), []),
    ("lift_door_2", "metal", (17.4, 13.95), (17.4, 15.05), []),
    ("lobby_north", "concrete", (17.4, 15.6), (20.4, 15.6), [("room_13", 18.4, 19.3, DOOR, "b+")]),
    # the wing
    ("wing_west", "concrete", (20.4, 11.2), (20.4, 20), []),
    ("wing_entry_west", "concrete", (23.7, 11.2), (23.7, 11.9), []),
    ("wing_entry_east", "concrete", (24.7, 11.2), (24.7, 11.9), []),
    ("wing_entry", "concrete", (23.7, 11.9), (24.7, 11.9), [("wing", 23.7, 24.7, DOOR, None)]),
    ("room_14_south", "plasterboard", (20.4, 15.6), (23.4, 15.6), [("room_14", 21.4, 22.3, DOOR, "b+")]),
    ("room_14_east", "plasterboard", (23.4, 15.6), (23.4, 20), []),
    ("room_15_west", "plasterboard", (25.9, 14.2), (25.9, 18.2), []),
    ("room_15_north", "plasterboard", (25.9, 18.2), (30, 18.2), []),
    ("room_15_south", "plasterboard", (25.9, 14.2), (30, 14.2), [("room_15", 26.1, 27.1, DOOR, "a+")]),
]
DESKS = {  # room: rows of equal desks (x, y, columns, step, w, d, back)
    "open_plan": [(1, 0.9, 5, 1.64, 1.6, 0.8, "n"), (1, 1.74, 5, 1.64, 1.6, 0.8, "s"),
                  (1, 3.9, 5, 1.64, 1.6, 0.8, "n"), (1, 4.74, 5, 1.64, 1.6, 0.8, "s"),
                  (3.6, 7.6, 1, 0, 1.6, 0.8, "n"), (8.2, 7.6, 1, 0, 1.6, 0.8, "n")],
    "room_1": [(12.4, 0.6, 1, 0, 0.8, 1.6, "w"), (12.4, 2.6, 1, 0, 0.8, 1.6, "w")],
    "room_2": [(10.7, 5.2, 2, 2.2, 1.6, 0.8, "s"), (13.7, 7.3, 1, 0, 0.8, 1.6, "e")],
    "room_3": [(17.0, 1.0, 1, 0, 0.8, 1.6, "e"), (17.84, 1.0, 1, 0, 0.8, 1.6, "w")],
    "room_4": [(17.4, 5.0, 1, 0, 1.6, 0.8, "s"), (15.6, 7.2, 1, 0, 0.8, 1.6, "w")],
    "room_5": [(20.6, 0.6, 2, 1.9, 1.6, 0.8, "s"), (20.6, 3.0, 1, 0, 1.6, 0.8, "n")],
    "room_6": [(23.6, 6.9, 1, 0, 0.8, 1.6, "e"), (20.6, 5.0, 1, 0, 1.6, 0.8, "s")],
    "room_7": [(27.3, 1.2, 1, 0, 1.6, 0.8, "n"), (27.3, 2.04, 1, 0, 1.6, 0.8, "s")],
    "room_8": [(25.6, 7.3, 1, 0, 0.8, 1.6, "w"), (28.4, 5.2, 1, 0, 0.8, 1.6, "e")],
    "room_9": [(0.6, 13.0, 2, 1.64, 1.6, 0.8, "n"), (0.6, 13.84, 2, 1.64, 1.6, 0.8, "s")],
    "room_10": [(0.6, 17.4, 2, 1.64, 1.6, 0.8, "n"), (0.6, 18.24, 2, 1.64, 1.6, 0.8, "s")],
    "room_11": [(6.9, 11.8, 2, 1.64, 1.6, 0.8, "s"), (9.4, 14.2, 1, 0, 1.6, 0.8, "n")],
    "room_12": [(8.8, 17.4, 2, 1.64, 1.6, 0.8, "n"), (8.8, 18.24, 2, 1.64, 1.6, 0.8, "s")],
    "room_13": [(14, 17.2, 2, 2.04, 2, 1.2, "n")],
    "wing": [(21, 12.5, 1, 0, 1.6, 0.8, "n"), (21, 13.34, 1, 0, 1.6, 0.8, "s"), (28.9, 11.8, 1, 0, 0.8, 1.6, "e"),
             (23.6, 17.4, 1, 0, 0.8, 1.6, "w"), (26.8, 18.8, 1, 0, 2, 0.8, "n")],
    "room_14": [(20.9, 18.4, 1, 0, 1.6, 0.8, "n")],
    "room_15": [(26.8, 17, 1, 0, 1.6, 0.8, "n"), (28.8, 15, 1, 0, 0.8, 1.6, "e")],
}
CABINETS = {  # room: metal boxes (x, y, w, d, h); those among the receivers stay below them
    "lift_lobby": [(19.93, 12.4, 0.45, 1.6, 0.5)],
    "open_plan": [(0.02, 6.4, 0.45, 1.6, 1.8), (9.63, 4.2, 0.45, 2.4, 1.4), (4, 8.73, 1.6, 0.45, 1.2)],
    "room_1": [(14.63, 1, 0.45, 1.6, 1.8)], "room_2": [(10.12, 7, 0.45, 1.6, 1.8), (10.6, 8.73, 1.2, 0.45, 1.8)],
    "room_3": [(19.63, 3, 0.45, 1.2, 1.8)], "room_4": [(19.63, 6.8, 0.45, 1.6, 1.8)],
    "room_5": [(24.63, 1, 0.45, 1.6, 1.8)], "room_6": [(22.4, 4.62, 0.9, 0.45, 1.8)],
    "room_7": [(29.53, 1.4, 0.45, 1.6, 1.8), (27.4, 4.13, 1.6, 0.45, 1.8)], "room_8": [(29.53, 7.2, 0.45, 1.6, 1.8)],
    "room_9": [(3.9, 11.22, 1.8, 0.45, 1.8), (5.83, 12.4, 0.45, 1.6, 1.8)],
    "room_10": [(0.02, 15.9, 0.45, 1.4, 1.8), (4.2, 19.53, 1.8, 0.45, 1.8)],
    "room_11": [(12.13, 12.4, 0.45, 1.6, 1.8)], "room_12": [(12.13, 16.2, 0.45, 1.6, 1.8)],
    "room_13": [(12.7, 19.53, 2.4, 0.45, 0.9), (15.2, 19.53, 2.4, 0.45, 0.9), (19.93, 16.4, 0.45, 1.8, 1.8)],
    "server_room": [(12.8, 12.9, 0.8, 1, 2), (12.8, 13.95, 0.8, 1, 2),
                    (14.18, 12.9, 0.8, 1, 2), (14.18, 13.95, 0.8, 1, 2)],
    "wing": [(20.42, 11.5, 0.45, 0.9, 1.1), (25.4, 11.22, 1.6, 0.45, 1.1)],
    "room_14": [(22.93, 16.2, 0.45, 1.2, 1.1)], "room_15": [(25.92, 15.6, 0.45, 1.2, 1.1)],
}
LIFT_CARS = {"lift_car_1": (15.15, 11.35, 2.1, 1.9, 2.4), "lift_car_2": (15.15, 13.55, 2.1, 1.9, 2.4)}
ROOMS = {  # what lies inside the walls: x0, y0, x1, y1
    "corridor": (0, 9.2, 30, 11.2), "open_plan": (0, 0, 10.1, 9.2), "room_1": (10.1, 0, 15.1, 4.6),
    "room_2": (10.1, 4.6, 15.1, 9.2), "room_3": (15.1, 0, 20.1, 4.6), "room_4": (15.1, 4.6, 20.1, 9.2),
    "room_5": (20.1, 0, 25.1, 4.6), "room_6": (20.1, 4.6, 25.1, 9.2), "room_7": (25.1, 0, 30, 4.6),
    "room_8": (25.1, 4.6, 30, 9.2), "room_9": (0, 11.2, 6.3, 15.6), "room_10": (0, 15.6, 6.3, 20),
    "room_11": (6.3, 11.2, 12.6, 15.6), "room_12": (6.3, 15.6, 12.6, 20), "room_13": (12.6, 15.6, 20.4, 20),
    "server_room": (12.6, 11.2, 15, 15.6), "lift_lobby": (17.4, 11.2, 20.4, 15.6), "wing": (20.4, 11.2, 30, 20),
    "room_14": (20.4, 15.6, 23.4, 20), "room_15": (25.9, 14.2, 30, 18.2),
}
AP = {"ap1": [8.1, 10.2, 2.7]}
TRANSMITTERS = {**AP, "ap2": [4.0, 4.72, 2.7]}  # corridor ceiling; open plan, above the desks
PANEL = {  # at 0.6 m the wall leaves the tilt free: at 0.4 m the best ones press against it
    "mover": "Reflector", "offset_m": 0.6, "centre_z": [0.6, 2.4], "largest_yaw_rad": 1.2, "min_distance_m": 1.1,
    "power_dbm": 20, "max_depth": 2, "transmission": False}
PROBLEMS = {  # each: where the panel may hang (metres along the wall) and which receivers it serves, 1.2 m high
    "one_door": {"transmitters": AP, "panels": 1, "walls": {"corridor_north": [0, 30]},
                 "targets": {"room_8": [25.35, 4.85, 29.35, 8.35]}, "spacing_m": 0.33, **PANEL},
    "two_doors": {"transmitters": AP, "panels": 1, "walls": {"corridor_south": [0, 30]},
                  "targets": {"room_15": [26.4, 14.45, 29.65, 17.95]}, "spacing_m": 0.3, **PANEL},
    "dead_wing": {"transmitters": AP, "panels": 3, "walls": {"corridor_south": [0, 30]},
                  "targets": {"wing": [21, 12, 29, 19]}, "spacing_m": 0.61, **PANEL},
    "ap_and_panel": {"transmitter_box": [[2, 9.6, 2.4], [20, 10.8, 2.8]], "panels": 1,
                     "walls": {"corridor_north": [0, 30]},
                     "targets": {"room_8": [25.35, 4.85, 29.35, 8.35], "room_11": [6.85, 12.1, 12.0, 15.1]},
                     "spacing_m": 0.45, **PANEL},
}
