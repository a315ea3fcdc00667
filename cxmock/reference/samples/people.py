"""Names for people who do not exist, by country, separated by blanks."""

FIRST_NAMES = {
    "AU": "Olivia Jack Charlotte Noah Matilda Lachlan Isla Cooper Ruby Angus Thi Harpreet",
    "CA": "Emma Liam Chloé Benoît Sophie Étienne Maya Lucas Zoé Owen Léa Nathan Amélie",
    "DE": "Jürgen Anna Björn Käthe Lukas Sören Mia Jörg Hannah Günther Ayşe Emre Łucja",
    "FR": "Chloé Théo Inès Raphaël Zoé Loïc Agnès Hélène Jérôme Noémie Anaïs Mehdi François",
    "GB": "Amelia Oliver Siân Rhys Aoife Callum Priya Mohammed Grace Alfie Zoë Ewan Imogen",
    "SE": "Åsa Björn Elin Göran Märta Sören Ebba Östen Linnéa Håkan Saga Željko",
    "US": "Emma Liam José Ava Noah María Sofia Ethan Zoë Darnell Aaliyah Wei Renée Mateo Grace",
}
LAST_NAMES = {
    "AU": "Smith Nguyen Wilson Kelly O'Brien Singh Campbell Murray Chen Ryan Taylor Doyle",
    "CA": "Tremblay Gagnon Côté Bélanger Martin Singh Wong MacDonald Lévesque Roy Fraser Clarke",
    "DE": "Müller Schäfer Groß Weiß Krüger Böhm Jäger Fischer Öztürk Köhler Wójcik Schröder Voß",
    "FR": "Lefèvre Dubois Gérard Bénard Noël Moreau Garçon Lemaître Durand Benali François Hervé",
    "GB": "Smith Jones Evans O'Neill Patel MacLeod Khan Wright Hughes Okafor Thompson Fraser Ashworth",
    "SE": "Åkesson Björklund Sjöström Öberg Lindström Håkansson Nyström Ek Söderberg Ivanović",
    "US": "Johnson García Williams Nguyen Martínez Brown Núñez O'Connor Lee Washington Peña Miller",
}
COMPANIES = (
    *("Harbour & Sons", "Alder Logistics", "Blue Kettle Foods", "Quarry Street Bank", "Fennel, Rowe and Partners"),
    *("Tidewater Energy", "Möller Optik", "Café Lumière", "Old Mill Insurance", "Redwing Travel", "Øst Design", ""),
)
"""Some people have no company; some companies have a comma in their name."""
