"""Words of which learner codes are made: short, friendly, easy to read aloud."""

_TEXT = """
acorn alder amber anchor apple apron aspen badger bagel bamboo banjo barley basket beaver beetle
berry birch bison blossom bobcat bonnet bridge brook bucket butter button cactus candle canoe
canyon carrot castle cedar cello cherry clover cobalt comet copper coral cotton cricket crocus
daisy dolphin donkey eagle ember falcon feather fennel fern fiddle finch flute forest fossil
garden ginger glacier goose granite grape guitar hammer harbor harvest hazel heron hickory honey
igloo indigo island ivory jasmine jigsaw juniper kettle kitten ladder lagoon lantern laurel
lemon lilac linden lizard lotus magnet mango maple marble meadow melon mitten mosaic muffin
nectar nutmeg oasis ocean olive opal orange orbit orchid osprey otter oyster paddle panda papaya
parrot pebble pelican pepper petal piano pillow planet plum pocket pollen poppy prairie pumpkin
puzzle quartz quilt rabbit raccoon radish raven reef ribbon river robin rocket saddle saffron
sailor salmon sandal sapling saturn scarf seagull shadow silver sparrow spruce squirrel starling
stone summer sunset tadpole teapot thistle thunder timber tomato trumpet tulip tunnel turtle
valley velvet violet violin waffle walnut walrus whistle willow window winter yarrow yogurt
zebra
"""
WORDS = tuple(_TEXT.split())
