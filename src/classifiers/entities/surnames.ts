/** Surnames that are common in the registry lists of their countries and are no everyday words; written down from general knowledge. */
const SURNAMES = `
Smith Johnson Williams Jones Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Taylor Moore Jackson
Thompson Sanchez Clark Ramirez Robinson Walker Allen Wright Torres Nguyen Flores Adams Nelson Baker Rivera Campbell Mitchell
Roberts Gomez Phillips Evans Turner Diaz Edwards Collins Reyes Stewart Morris Morales Murphy Rogers Gutierrez Ortiz Cooper Peterson
Bailey Reed Kelly Howard Ramos Cox Richardson Watson Bennett Hughes Mendoza Castillo Sanders Patel Myers Foster Jimenez Powell Jenkins Perry
Sullivan Coleman Butler Henderson Barnes Gonzales Fisher Vasquez Simmons Jordan Patterson Alexander Hamilton Reynolds Griffin Wallace
Moreno Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Castro Marshall Owens Harrison Fernandez McDonald Woods Washington Kennedy Vargas
Henry Chen Freeman Tucker Guzman Burns Crawford Olson Simpson Porter Gordon Mendez Silva Shaw Snyder Dixon Munoz Hunt Hicks Holmes Palmer Wagner Robertson Boyd
Salazar Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson Nichols Stephens Soto Weaver Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce
Hansen Peters Santos Hart Bradley Knight Elliott Cunningham Duncan Armstrong Hudson Carroll Lane Riley Andrews Alvarado Ray Delgado Berry Perkins Hoffman Johnston Matthews Pena Richards
Contreras Willis Carpenter Lawrence Sandoval Guerrero Chapman Rios Estrada Ortega Watkins Greene Nunez Wheeler Valdez Harper Burke Larson Santiago Maldonado Morrison
Carlson Austin Dominguez Carr Lawson Jacobs O'Brien O'Connor O'Reilly O'Neill O'Sullivan Lynch Singh Vega Bishop Montgomery Oliver Jensen Harvey Williamson Gilbert Sims Espinoza Howell Reid Hanson McCoy Garrett
Burton Fuller Wang Weber Welch Rojas Lucas Marquez Fields Park Yang Banks Padilla Walsh Bowman Schultz Luna Fowler Mejia Davidson Acosta Brewer Holland Juarez Newman Pearson Curtis Cortez Douglas Schneider
Barrett Navarro Figueroa Keller Avila Wade Molina Stanley Hopkins Campos Barnett Bates Chambers Caldwell Beck Lambert Miranda Byrd Craig Ayala Lowe Frazier Powers Neal Leonard Gregory Carrillo Sutton Fleming Rhodes
Shelton Schwartz Norris Jennings Rios Watts Duran Walters Cohen McDaniel Parks Steele Vaughn Becker Holt Barker Fischer Müller Mueller Schäfer Schulz Bauer Koch Klein Schröder Neumann Zimmermann Krüger Hofmann Hartmann Lange Krause Lehmann
Schmitt Werner Schmitz Meier Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Möller Weiß Jung Hahn Schubert Vogel Friedrich Günther Winkler Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Schumacher Vogt Stein Jäger Sommer
Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Voigt Sauer Arnold Pfeiffer Beckmann Ebert Kaufmann Hübner
Martin Bernard Dubois Durand Robert Richard Petit Moreau Laurent Simon Michel Lefebvre Leroy Roux Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Lefevre Faure Mercier Blanc Guerin Boyer Garnier Chevalier Francois Legrand Gauthier
Garcia Perrin Robin Clement Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Lemaire Noel Meyer Dufour Meunier Brun Blanchard Giraud Joly Riviere Brunet Gaillard Barbier Arnaud Renard
García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Domínguez Vázquez Gil Serrano Molina Suárez Ortega Rubio Marín Iglesias Núñez Garrido Cortés Lozano Guerrero Cano Méndez Calvo Cabrera
Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Gallo Conti Costa Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale Lombardo Serra Coppola Marchetti Parisi Villa Conte Ferraro Ferri Fabbri Bianco Marini Grasso Valentini Messina Gatti
Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Fernandes Gonçalves Gomes Lopes Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares Vieira Monteiro Cardoso Rocha Neves Coelho Cunha Pires Ramos Reis Simões Antunes Matos Fonseca Machado Araújo Barbosa Tavares Lourenço Figueiredo Azevedo Souza Lima Melo Barros Freitas Nascimento Moraes Batista Dias Campos Nogueira
Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Dijkstra Koster Prins Huisman Postma Kuijpers Kok Willems Schouten Hoekstra Verhoeven
Nowak Kowalski Kowalska Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek
Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Jansson Hansson Bengtsson Lindberg Lindström Lindqvist Lundgren Berglund Axelsson Bergström Lundberg Lundqvist Mattsson Holmberg Sandberg Sjöberg Forsberg Nyström Ekström Hedlund Wallin Björk
Hansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen Eriksen Berg Haugen Hagen Johannessen Nielsen Christensen Sørensen Rasmussen Jørgensen Madsen Kristensen Olsen Thomsen Poulsen Johansen Møller Mortensen Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen
Ivanov Ivanova Smirnov Smirnova Kuznetsov Popov Popova Vasiliev Petrov Petrova Sokolov Mikhailov Novikov Fedorov Morozov Volkov Alekseev Lebedev Semenov Egorov Pavlov Kozlov Stepanov Shevchenko Kovalenko Bondarenko Tkachenko Melnyk
Kumar Sharma Singh Gupta Verma Patel Shah Mehta Reddy Rao Nair Menon Iyer Joshi Mishra Pandey Tiwari Yadav Chauhan Agarwal Banerjee Chatterjee Mukherjee Das Bose Dutta Ghosh Sen Desai Kulkarni Patil Naik Pillai Khan Ahmed Hussain Malik Chopra Kapoor Khanna Malhotra Bhatt Trivedi Dubey Shukla Saxena Sinha Jain Bhattacharya Chaturvedi Dwivedi Varma Khatri Mehra Ahluwalia Gill
Wang Zhang Liu Chen Yang Huang Zhao Zhou Zhu Guo Luo Zheng Liang Xie Tang Deng Cao Peng Zeng Xiao Kim Park Choi Jeong Kang Cho Yoon Jang Lim Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Saito Tran Pham Hoang Phan Dang Bui
Hassan Hussein Mohamed Rahman Haddad Khoury Nasser Saleh Mansour Farah Aziz Yilmaz Kaya Demir Çelik Şahin Yıldız Öztürk Aydın Papadopoulos Georgiou Cohen Levy Mizrahi Peretz Goldberg Friedman Rosenberg Katz Okafor Okonkwo Adeyemi Mensah Owusu Mwangi Kamau Dlamini Nkosi
`;

/** Surnames that make a person of any capitalised word before them. */
export const SURNAMES_KNOWN: readonly string[] = [...new Set(SURNAMES.trim().split(/\s+/))];
