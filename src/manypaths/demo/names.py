"""Invented names: given and family names of many cultures, mixed, and each full name used once."""

from numpy.random import Generator

Name = tuple[str, str]

_GIVEN = """
    Abena Adaeze Adunni Aiko Ailani Aisha Akua Alejandra Alma Amara Amina Amrita Anahi Anders
    Anika Anneli Arash Ariel Asel Astrid Ayaan Aylin Babak Bao Beatriz Bilal Bjarne Bogdan Callum
    Camila Catalina Chidi Chiara Ciara Citlali Dae-jung Dalia Daniyar Darius Davit Devika Dilnoza
    Dimitra Ebba Eitan Ekaterina Elif Eloise Emeka Enzo Esperanza Etienne Eun-ji Fadi Farida
    Fatou Felix Femi Fiona Freya Gabriela Gaurav Giorgos Grace Gulnara Hadiza Haru Hassan Hedda
    Hina Hoku Hyun-woo Ibrahim Ife Ignacio Ikram Ilse Imani Ines Ioana Ivan Iveta Jabari Jamila
    Jasper Jing Joaquin Jomo Juhani Kaan Kaia Kalinda Kamal Kateryna Kavya Keola Khalid Kiri
    Kofi Lan Laszlo Leilani Lerato Liam Linh Lucia Ludmila Luka Mahnoor Malik Manu Mariam Marisol
    Mateo Mei Mehmet Mihai Milena Minh Miriam Moana Mwangi Nadia Naeem Nandi Nikhil Nilufar Noa
    Nomvula Nour Octavia Oisin Olamide Olena Omar Oskar Paloma Parisa Paulo Pavel Petra Phuong
    Priya Quang Rafael Rania Rashid Ravi Renata Rohan Rosalind Ruslan Sadia Saoirse Selam Sergio
    Shira Siddharth Signe Sina Sipho Soledad Somchai Sunniva Tadeusz Tala Tamar Tariq Tavita
    Temperance Thabo Thandiwe Tomas Tuan Uchenna Ulrike Umar Valentina Vasile Vera Wanjiru Wei
    Xiadani Ximena Yaw Yelena Yohannes Yuki Yusuf Zahra Zanele Zeynep Zoltan
"""

_FAMILY = """
    Abara Abebe Achterberg Adeyemi Agbaje Aguilar Ahlgren Akana Albescu Alcaraz Almeida Amadi
    Andreou Anggraini Antonsen Aquino Arslan Asante Aydemir Azizi Bakker Balogun Banerjee Baptista
    Barzani Bekele Belmonte Benitez Bergstrand Bianchini Boateng Bondarenko Brannigan Caldera
    Carvalho Castellanos Chanda Chaudhry Chukwu Cisneros Coetzee Corrigan Dabrowski Dang Danjuma
    Demirci Desrosiers Dhillon Diallo Dimitrov Dlamini Doan Drummond Duarte Echeverria Edelstein
    Egede Ekwueme Elbaz Erdogmus Espinoza Faleolo Farahani Fekete Figueroa Fonoti Forsberg Fuentes
    Gacheru Galvez Gebre Ghosh Gjorgiev Goldfarb Grabowski Grzelak Gunawan Habibi Haile Halvorsen
    Hamadi Haraldsen Hashimoto Hatun Herrera Hinewai Hirsch Hoang Horvat Huaman Ibarra Ihejirika
    Iliescu Inoue Iskandar Ivanenko Jallow Jansons Jaramillo Jayawardena Jimoh Kahananui Kaplan
    Kariuki Kasprzak Kaur Kekoa Keohane Khatun Kimathi Kirchner Kobayashi Kovalenko Kruger Kumari
    Lagerqvist Laukkanen Lehtonen Lindqvist Lobo Lopatin Lungu Mabaso Machado Madaki Mahlangu
    Makoni Maldonado Mamani Manukau Marchetti Mbali McAllister Mendoza Menon Meszaros Mirzaei
    Mokoena Montoya Moriarty Mukherjee Mutasa Naidoo Nakagawa Namgyal Navarrete Ndiaye Ngata
    Nikolaidis Njoroge Nowicki Nyberg Obando Odhiambo Okonjo Okpara Olatunji Onyango Ortega Osei
    Ospina Otieno Palmquist Papadaki Paredes Petrosyan Pham Pillai Popescu Quispe Rahimi Raikes
    Rajan Ramaswamy Rasmussen Rebane Reyes Rosenthal Rungano Saavedra Saetang Salazar Samadi
    Sandoval Santillan Seidel Shevchuk Shrestha Sigurdsen Siregar Sokolova Solheim Somogyi
    Srisuk Stavros Suzuki Szabo Takahashi Tanaka Tauiliili Tekle Tesfaye Thapa Thorvaldsen Tkachuk
    Tlali Toivonen Tran Tsosie Tupou Ugarte Ulloa Vaitai Valdivia Vandermeer Varga Vasquez Venter
    Villareal Virtanen Wahlberg Wanjala Weisz Wibowo Xaba Yamazaki Yazzie Yilmaz Zaman Zapata
    Zawadi Zielinski
"""

GIVEN, FAMILY = tuple(_GIVEN.split()), tuple(_FAMILY.split())

# Full names that the lists above could make and that readers know from elsewhere.
FAMOUS = frozenset(
    {
        ("Alejandra", "Espinoza"),
        ("Anders", "Rasmussen"),
        ("Bao", "Tran"),
        ("Emeka", "Okonjo"),
        ("Felix", "Sandoval"),
        ("Gabriela", "Reyes"),
        ("Ibrahim", "Diallo"),
        ("Ivan", "Lopatin"),
        ("Ivan", "Rebane"),
        ("Kateryna", "Bondarenko"),
        ("Laszlo", "Fekete"),
        ("Laszlo", "Szabo"),
        ("Lerato", "Dlamini"),
        ("Liam", "Corrigan"),
        ("Liam", "McAllister"),
        ("Mariam", "Ndiaye"),
        ("Mihai", "Popescu"),
        ("Nikhil", "Banerjee"),
        ("Olena", "Kovalenko"),
        ("Omar", "Figueroa"),
        ("Petra", "Kaplan"),
        ("Priya", "Banerjee"),
        ("Rafael", "Espinoza"),
        ("Rafael", "Ortega"),
        ("Rafael", "Reyes"),
        ("Ravi", "Pillai"),
        ("Rohan", "Menon"),
        ("Ruslan", "Kovalenko"),
        ("Selam", "Tesfaye"),
        ("Siddharth", "Menon"),
        ("Tuan", "Tran"),
        ("Valentina", "Zapata"),
        ("Ximena", "Duarte"),
        ("Ximena", "Herrera"),
        ("Ximena", "Navarrete"),
        ("Yuki", "Kobayashi"),
        ("Yuki", "Tanaka"),
        ("Zoltan", "Varga"),
    }
)


class NameBook:
    """Gives out full names by chance, none of them twice and none that is famous."""

    def __init__(self, rng: Generator) -> None:
        self._rng = rng
        self._taken = set(FAMOUS)

    def stranger(self) -> Name:
        """Return the name of somebody who belongs to no other name given out."""
        return self.relative(FAMILY[self._rng.integers(len(FAMILY))])

    def relative(self, family_name: str) -> Name:
        """Return the name of somebody of this family."""
        while True:
            name = (GIVEN[self._rng.integers(len(GIVEN))], family_name)
            if name not in self._taken:
                self._taken.add(name)
                return name
