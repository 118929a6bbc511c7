"""The paper's form of a reader: a level map and a fracture map, one region per body."""
