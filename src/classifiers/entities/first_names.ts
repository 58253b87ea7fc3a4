/**
 * Given names that are common in the census and registry lists of their countries, written down from general knowledge; those
 * that are also everyday words or places are in `AMBIGUOUS_NAMES` beside it.
 */

const NAMES = `
James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony Donald Steven Andrew Paul
Joshua Kenneth Kevin Brian George Timothy Ronald Edward Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin
Scott Brandon Benjamin Samuel Gregory Alexander Patrick Raymond Dennis Jerry Tyler Aaron Jose Adam Nathan Henry Zachary Douglas
Peter Kyle Noah Ethan Jeremy Walter Christian Keith Roger Terry Harry Ralph Sean Jesse Roy Louis Billy Bruce Eugene Bryan Wayne
Russell Bobby Howard Philip Phillip Randy Vincent Liam Logan Lucas Mason Elijah Oliver Aiden Jayden Carter Owen Wyatt Caleb Isaac
Luke Gavin Connor Dylan Evan Isaiah Adrian Julian Nolan Xavier Ian Cole Colin Derek Trevor Travis Brett Brent Craig Darren Darryl
Dwayne Duane Earl Edgar Edwin Elliot Elliott Ernest Floyd Francis Fred Frederick Gerald Gilbert Glenn Gordon Graham Harold Harvey
Herbert Herman Hugh Irving Ivan Jared Jay Jeff Jim Jimmy Joel Joe Jon Johnny Kelvin Ken Kurt Lance Lawrence Leo Leon Leonard Leroy
Lester Lewis Lionel Lloyd Lonnie Marcus Marshall Martin Marvin Maurice Melvin Micheal Mike Milton Mitchell Morris Neil Nick Norman
Oscar Perry Pete Preston Quentin Rafael Reginald Rex Rick Ricky Rodney Roland Ron Ronnie Ross Ruben Rudy Sam Sammy Seth Shane Shaun
Shawn Sidney Simon Spencer Stanley Steve Stuart Ted Terrence Theodore Tim Toby Todd Tom Tommy Tony Troy Tyrone Vernon Victor Wallace
Warren Wesley Willard Willie Zack Alan Albert Alfred Allan Allen Alvin Andre Andy Archie Arnold Arthur Barry Ben Bernard Bert Bob Brad
Bradley Calvin Cameron Carl Cecil Cedric Chester Chris Clarence Claude Clayton Clifford Clifton Clinton Clyde Cody Corey Cory Curtis
Dale Damon Dan Danny Darrell Dave Dominic Don Doug Dustin Eddie Elmer Ervin Felix Fernando Finn Freddie Gabriel Geoffrey Giles
Grayson Hudson Hunter Jaxon Levi Lincoln Maverick Micah Roman Rowan Sawyer Silas Tristan Waylon Weston Ezra Theo Asher Jace Declan
Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty Sandra Margaret Ashley Kimberly Emily Donna
Michelle Carol Amanda Melissa Deborah Stephanie Dorothy Rebecca Sharon Laura Cynthia Amy Kathleen Angela Shirley Brenda Emma Anna
Pamela Nicole Samantha Katherine Christine Helen Debra Rachel Carolyn Janet Maria Catherine Heather Diane Olivia Julie Joyce
Kelly Christina Lauren Joan Evelyn Judith Andrea Hannah Megan Cheryl Jacqueline Martha Madison Teresa Gloria Sara Janice
Ann Kathryn Abigail Sophia Frances Jean Alice Judy Isabella Julia Amber Denise Danielle Marilyn Beverly Charlotte Natalie
Theresa Diana Brittany Doris Kayla Alexis Lori Marie Ava Mia Amelia Harper Ella Scarlett Aria Chloe Layla Zoe Zoey Penelope Lillian
Nora Eleanor Aubrey Ellie Stella Lucy Audrey Bella Claire Skylar Paisley Caroline Genesis Aaliyah Kennedy Kinsley Allison Maya
Sadie Ariana Elena Naomi Gabriella Quinn Cora Peyton Alyssa Adeline Alexa Alexandra Alexandria Alicia Alison Allie Alma Anastasia Angel
Angelica Angelina Angie Anita Annabelle Anne Annette Annie Antoinette April Ariel Arlene Athena Bailey Beatrice Becky Bernadette
Bernice Bertha Bessie Beth Bethany Bianca Blanche Bonnie Bridget Camille Candace Cara Carla Carly Carmen Carole Carrie Casey Cassandra
Cassie Cecelia Cecilia Celeste Charlene Chelsea Christy Cindy Clara Clarissa Claudia Colleen Connie Constance Courtney Cristina Crystal
Daisy Dana Daniela Daphne Darlene Dawn Deanna Debbie Delia Della Delores Desiree Destiny Dianna Dianne Dolores Dora Doreen Edith Edna
Eileen Elaine Eliza Ellen Eloise Elsie Erica Erika Erin Erma Esther Ethel Eunice Eva Evangeline Fannie Felicia Fiona Flora Florence
Freda Frieda Gail Gayle Geneva Genevieve Georgina Geraldine Gertrude Gina Gladys Glenda Greta Gretchen Gwen Gwendolyn Hailey Harriet
Hazel Heidi Henrietta Hilda Holly Ida Imogen Ingrid Irene Irma Isabel Isabelle Jackie Jade Jana Jane Janelle Janie Jasmine Jeanette
Jeanne Jenna Jennie Jenny Jill Jillian Jo Joanna Joanne Jodi Jody Johanna Josephine Josie Juanita Judi Kaitlyn Kara Kari Karla
Kate Katelyn Kathy Katie Katrina Kay Kaylee Kellie Kelsey Kendra Kerry Kim Krista Kristen Kristi Kristin Kristina Kristy Krystal
Kylie Lana Latoya Leah Leanne Lena Leona Leslie Leticia Lila Lillie Lindsay Lindsey Lola Loretta Lorraine Louise Lucille Lucinda Lula Lydia
Lynn Lynne Mabel Mable Mackenzie Maggie Mandy Marcia Margarita Margie Marguerite Marian Marianne Marion Marjorie Marlene Marsha
Maureen Maxine Meghan Melanie Melinda Mercedes Meredith Mildred Mindy Minnie Miranda Miriam Misty Mollie Molly Mona Monica Monique
Morgan Muriel Myra Myrtle Nadia Nadine Natalia Natasha Nellie Nettie Nichole Nina Noelle Norma Olga Paige Pam Pat Patsy Patti
Patty Paula Paulette Pauline Pearl Peggy Phoebe Phyllis Polly Priscilla Rachael Ramona Raquel Regina Renee Rhonda Rita Roberta Robin
Robyn Rochelle Rosa Rosalie Rosalyn Rosemarie Rosemary Rosie Roxanne Ruth Sabrina Sally Sasha Savannah Selena Serena Shannon Shari
Sheila Shelby Shelley Shelly Sheri Sherri Sherry Sheryl Sierra Silvia Simone Sofia Sonia Sonya Sophie Stacey Stacy Stella Sue Susanna
Susie Suzanne Sylvia Tabitha Tamara Tami Tammy Tanya Tara Tasha Teri Terri Thelma Tiffany Tina Toni Tonya Tracey Traci Tracy Tricia
Trisha Valerie Vanessa Velma Vera Verna Veronica Vicki Vickie Vicky Victoria Viola Violet Vivian Wanda Wendy Whitney Wilma Yolanda
Yvette Yvonne Alfie Callum Ewan Hamish Angus Alasdair Rhys Gareth Gethin Huw Ioan Sian Nia Cerys Megan Niamh Aoife Saoirse Ciara Orla
Sinead Siobhan Eamon Cormac Conor Cillian Oisin Padraig Seamus Tadhg Darragh Fionn Ruairi Isla Eilidh Mhairi Freya Poppy Imogen Florrie
Nigel Clive Trevor Graeme Alistair Rupert Tristram Crispin Jemima Philippa Tamsin Nicola Gemma Kirsty Jodie Leanne
Hans Klaus Jürgen Wolfgang Günter Günther Dieter Horst Manfred Helmut Gerhard Heinz Werner Uwe Bernd Rainer Ulrich Stefan Andreas
Markus Matthias Jens Sven Torsten Thorsten Dirk Frank Ralf Jörg Holger Olaf Kai Karsten Carsten Lars Björn Jan Florian Sebastian
Tobias Dominik Philipp Maximilian Moritz Jonas Niklas Lukas Leon Paul Luca Emil Anton Jakob Johann Johannes Friedrich Karl Otto Kurt
Ernst Walter Hermann Heinrich Wilhelm Ludwig Franz Josef Georg Konrad Lothar Reinhard Siegfried Eberhard Hartmut Volker Detlef Steffen
Ursula Monika Petra Sabine Renate Helga Karin Brigitte Ingrid Erika Christa Gisela Gudrun Ute Birgit Heike Susanne Claudia Silke
Anja Katja Nicole Sandra Stefanie Katrin Kathrin Melanie Julia Lena Lea Leonie Hannah Anna Marie Emilia Mila Johanna Frieda Greta
Mathilda Ida Lina Clara Franziska Theresa Elisabeth Margarete Hildegard Ilse Irmgard Gerda Edith Waltraud Hannelore Ingeborg Marlies
Annette Antje Bärbel Beate Cornelia Doris Elke Gabriele Jutta Kerstin Maike Martina Nadja Regina Rosemarie Sigrid Silvia Sonja Tanja
Ulrike Vera Wiebke Jean Pierre Michel André Philippe Alain Bernard Jacques Daniel Christophe Nicolas Laurent Julien Sébastien
Stéphane Frédéric Olivier Thierry Pascal Éric Didier Bruno Gérard Guillaume Antoine Alexandre Thomas Maxime Romain Vincent Mathieu
Matthieu Benoît Cédric Jérôme Fabrice Franck Gilles Hervé Yves Yann Luc Lucien Marcel Maurice René Roger Raymond Robert Henri
Georges Louis Émile Étienne François Hugo Théo Enzo Nathan Raphaël Léo Jules Gabin Arthur Clément Baptiste Quentin Adrien Xavier
Marie Nathalie Isabelle Sylvie Catherine Françoise Monique Christine Anne Valérie Sandrine Véronique Brigitte Jacqueline Martine
Céline Stéphanie Aurélie Émilie Élodie Camille Chloé Manon Léa Inès Jade Zoé Margaux Mathilde Pauline Juliette Charlotte Lucie
Amélie Aline Agnès Audrey Bénédicte Caroline Claire Corinne Delphine Dominique Estelle Florence Geneviève Ginette Hélène Joëlle Josiane
Laetitia Laure Laurence Marguerite Mélanie Muriel Nadine Odile Pascale Patricia Séverine Simone Solange Suzanne Thérèse Virginie Yvette
José Antonio Manuel Francisco Juan Javier Jesús Carlos Miguel Rafael Pedro Pablo Ángel Sergio Fernando Luis Alberto Alejandro Álvaro
Adrián Diego Raúl Rubén Iván Óscar Víctor Enrique Ramón Vicente Andrés Joaquín Santiago Eduardo Jaime Roberto Mario Salvador Emilio
Julio César Gonzalo Guillermo Gustavo Héctor Hugo Ignacio Jorge Julián Lorenzo Marcos Martín Mateo Nicolás Rodrigo Tomás Ernesto
Esteban Felipe Gerardo Horacio Leonardo Mauricio Octavio Orlando Rogelio Ulises Armando Arturo Benito Bernardo Camilo Cristóbal
Dolores Pilar Teresa Ana Isabel Josefa Francisca Antonia Cristina Marta Lucía Elena Rosario Juana Raquel Beatriz Rocío Mercedes
Manuela Patricia Silvia Encarnación Concepción Montserrat Inmaculada Nuria Sonia Alba Irene Paula Sofía Martina Valeria Daniela Carla
Noelia Lorena Susana Verónica Yolanda Esperanza Esther Eva Gabriela Guadalupe Inés Jimena Leticia Lourdes Luisa Magdalena Marisol
Maribel Mariana Natalia Olga Paloma Regina Ximena Yesenia Graciela Consuelo Catalina Camila Blanca Alicia Adela Amparo Carolina
João Tiago Rui Nuno Paulo Luís Ricardo Rodrigo Gonçalo Duarte Afonso Miguel Vasco Filipe Fábio Hélder Márcio Vinícius Thiago Caio
Leandro Lucas Matheus Murilo Otávio Renan Wagner Wesley Anderson Cauã Davi Heitor Joaquim Lorenzo Fabrício Fabiano Flávio Gilberto
Mariana Beatriz Leonor Matilde Inês Joana Catarina Rita Sílvia Cláudia Fernanda Juliana Letícia Larissa Luana Lívia Isabela Giovanna
Manuela Yasmin Rafaela Renata Bruna Vitória Heloísa Cecília Eduarda Elisa Fabiana Gisele Janaína Lúcia Márcia Marisa Mônica Patrícia
Simone Sueli Suélen Tatiana Thaís Vanessa Giuseppe Giovanni Antonio Mario Luigi Francesco Angelo Vincenzo Pietro Salvatore Carlo
Franco Domenico Bruno Paolo Michele Giorgio Aldo Sergio Luciano Roberto Alessandro Andrea Marco Stefano Matteo Davide Lorenzo Riccardo
Simone Federico Gabriele Filippo Edoardo Tommaso Nicola Claudio Massimo Maurizio Fabio Enrico Emanuele Daniele Cristiano Alberto Alessio
Dario Diego Ettore Fabrizio Gianluca Gianni Giacomo Giulio Guido Leonardo Luca Manuel Mauro Mirko Raffaele Renato Rocco Umberto Valerio
Giulia Chiara Francesca Sara Alessandra Federica Silvia Valentina Elisa Paola Laura Simona Barbara Roberta Giovanna Rosa Giuseppina
Lucia Caterina Angela Teresa Daniela Monica Patrizia Cristina Stefania Antonella Ilaria Alessia Aurora Beatrice Bianca Camilla Carlotta
Cinzia Claudia Donatella Elena Eleonora Emanuela Gaia Ginevra Giorgia Greta Irene Isabella Letizia Loredana Lorenza Ludovica Luisa
Margherita Marina Marta Martina Matilde Michela Noemi Ornella Raffaella Rebecca Serena Sofia Sonia Tiziana Vittoria Viviana
Jan Piet Kees Henk Johan Willem Pieter Dirk Gerrit Cornelis Hendrik Jeroen Bas Bart Daan Sem Thijs Lars Ruben Stijn Tim Sander Wouter
Maarten Marcel Mark Martijn Jasper Joost Koen Floris Hidde Jesse Luuk Milan Niels Pim Rik Sjoerd Teun Tijn Anouk Femke Fleur Floor
Ilse Ingrid Lieke Lotte Maaike Marieke Marijke Marloes Mieke Nienke Roos Sanne Saskia Sofie Tess Wilma Yara Els Anneke Annemarie
Astrid Birgitta Kerstin Ulla Gunilla Britt Anders Lars Mikael Per Karl Nils Erik Sven Olof Gustav Björn Håkan Göran Bengt Lennart
Stig Gunnar Åke Leif Mats Magnus Henrik Fredrik Mattias Jonas Pontus Rasmus Linus Viktor Oskar Axel Hugo Elsa Maja Ebba Wilma Alva
Saga Tuva Agnes Alma Linnea Ingegerd Margareta Karin Eva Annika Malin Sofia Johanna Jenny Lina Ida Moa Tove Siv Solveig Ragnhild
Ole Lars Jens Søren Niels Mads Rasmus Mikkel Kasper Frederik Christian Emil Magnus Mette Kirsten Hanne Lene Susanne Trine Pernille
Freja Caroline Ida Knut Olav Bjørn Geir Tor Terje Svein Arne Kjell Rune Øyvind Håkon Sindre Eirik Sigrid Ingeborg Marit Berit Randi
Kari Liv Anne Nora Emma Juhani Matti Mikko Timo Pekka Antti Jari Heikki Juha Ville Eero Kalle Lauri Aino Helmi Anneli Tuula Päivi
Jan Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Grzegorz Marek Stanisław Zbigniew Jerzy Tadeusz Adam Łukasz Mateusz Jakub
Kamil Dawid Bartosz Wojciech Rafał Mariusz Dariusz Henryk Ryszard Kazimierz Maciej Robert Artur Sebastian Przemysław Damian Szymon
Filip Kacper Antoni Franciszek Mikołaj Igor Oskar Borys Cezary Czesław Damian Eugeniusz Leszek Mirosław Roman Sławomir Wiesław
Włodzimierz Zdzisław Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Elżbieta Magdalena Joanna Aleksandra Zofia
Monika Teresa Danuta Natalia Karolina Marta Beata Dorota Halina Jadwiga Janina Alicja Jolanta Grażyna Iwona Irena Paulina Justyna
Julia Zuzanna Oliwia Maja Lena Hanna Wiktoria Amelia Nikola Emilia Bożena Celina Edyta Gabriela Helena Izabela Kinga Lidia Łucja
Marianna Patrycja Renata Stanisława Sylwia Urszula Weronika Jiří Petr Pavel Tomáš Jaroslav Miroslav Zdeněk Václav František Lukáš
Ondřej Vojtěch Jana Hana Lenka Kateřina Lucie Věra Alena Jaroslava Tereza Veronika László István József Zoltán Sándor Gábor Ferenc
Attila Péter Tamás Zsolt Balázs Ágnes Katalin Ildikó Zsuzsanna Eszter Réka Ion Mihai Andrei Alexandru Gheorghe Vasile Constantin
Ștefan Radu Florin Cristian Elena Ioana Mihaela Andreea Georgi Dimitar Ivan Nikolay Petar Hristo Stoyan Todor Dragan Zoran Goran
Milan Nikola Marko Stefan Luka Jovana Milica Jelena Ivana Marija Ana Dragana Yannis Giorgos Dimitris Kostas Nikos Panagiotis Vasilis
Christos Maria Eleni Katerina Vasiliki Sofia Aleksandr Alexei Alexey Andrei Andrey Anatoly Boris Dmitri Dmitry Evgeny Fyodor Gennady
Grigory Igor Ilya Kirill Konstantin Leonid Maxim Mikhail Nikita Nikolai Oleg Pavel Roman Ruslan Semyon Sergei Sergey Stanislav
Timofey Vadim Valery Vasily Viktor Vitaly Vladimir Vladislav Yaroslav Yevgeny Yuri Alina Anastasia Daria Ekaterina Galina Irina
Kseniya Larisa Ludmila Lyudmila Marina Nadezhda Natalya Oksana Polina Raisa Svetlana Tatiana Tatyana Valentina Vera Yelena Yulia
Taras Bohdan Mykola Oleksandr Volodymyr Andriy Serhiy Olena Iryna Oksana Kateryna
Mohammed Muhammad Mohamed Mohammad Ahmed Ahmad Ali Hassan Hussein Omar Umar Khalid Ibrahim Ismail Yusuf Youssef Mahmoud Mustafa Abdul
Abdullah Abdulrahman Abdelrahman Samir Tariq Karim Bilal Hamza Faisal Fahad Nasser Rashid Saad Salman Sultan Walid Yasser Zaid Ziad
Amir Anwar Bassam Fadi Ghassan Habib Imran Jamal Kamal Majid Marwan Nabil Osama Rami Sami Tarek Fatima Fatma Aisha Ayesha Khadija
Maryam Mariam Zainab Zahra Layla Leila Noor Nour Hanan Huda Iman Amal Amina Asma Dalia Dina Farah Ghada Hala Heba Lubna Manal Nadia
Noura Rania Reem Salma Samira Sana Yasmin Yasmine Mehmet Mustafa Ahmet Hüseyin İbrahim Osman Murat Emre Burak Kerem Yusuf Ömer Serkan
Hakan Cem Deniz Ayşe Emine Hatice Zeynep Elif Meryem Merve Esra Büşra Reza Hossein Mehdi Amir Behrouz Dariush Farhad Kaveh Parisa
Shirin Nasrin Maryam Golnaz Avi Moshe Yosef Shlomo Yaakov Eitan Noam Itai Yael Tamar Shira Noa Rivka Chaim Menachem
Aarav Aditya Ajay Akash Amit Anand Anil Ankit Arjun Arun Ashok Deepak Dinesh Ganesh Gaurav Girish Harish Hemant Jagdish Karan Kartik
Kiran Krishna Kumar Lakshman Mahesh Manish Manoj Mohan Mukesh Naresh Naveen Nikhil Nitin Pankaj Prakash Pramod Pranav Prasad Praveen
Rahul Raj Rajan Rajeev Rajesh Rajiv Rakesh Ram Ramesh Ravi Rohan Rohit Sachin Sandeep Sanjay Sanjeev Satish Shankar Shyam Siddharth
Srinivas Subhash Sudhir Sunil Suresh Umesh Varun Vijay Vikas Vikram Vimal Vinay Vinod Vishal Vivek Yash Aishwarya Ananya Anjali Ankita
Anushka Aparna Archana Asha Bhavana Chitra Deepa Deepika Divya Gayatri Geeta Indira Isha Jaya Jyoti Kavita Kavya Lakshmi Lalita Lata
Madhuri Malati Mamta Manisha Meena Meera Nandini Neha Nisha Padma Pallavi Pooja Prachi Pratibha Preeti Priya Priyanka Radha Rekha Renu
Ritu Riya Sangeeta Sarita Savita Seema Shalini Shanti Shilpa Shobha Shobhana Shreya Smita Sneha Sonali Sunita Sushma Swati Uma Usha
Vandana Vidya Vimala Imtiaz Farhan Shahid Zubair Bushra Rukhsana Shabnam Sadia Nazia
Wei Xiaoming Jianguo Zhiyong Haoran Yifan Zihan Yuxuan Xinyi Yutong Meiling Xiaoli Lihua Guoqiang Jianhua Yong Jian Ming Hao Jie Lei Qiang
Hiroshi Takashi Kenji Akira Satoshi Makoto Naoki Yuki Haruto Sota Ren Daiki Kazuki Shota Takumi Tetsuya Yusuke Yoko Keiko Kazuko
Sachiko Michiko Yumi Naomi Sakura Hina Aoi Yui Mei Akiko Ayumi Emiko Haruka Kaori Mariko Megumi Misaki Nanami Tomoko Yoshiko
Minjun Seojun Jihoon Jiho Minho Sunghoon Youngho Jisoo Jiwoo Minji Seoyeon Soyeon Hyejin Eunji Sunhee Nguyen Minh Tuan Hung Dung
Linh Huong Thao Trang Phuong Anh Somchai Somsak Siriporn Budi Agus Siti Dewi Wahyu Putri Nur Aishah Jose Maricel Rowena Jomar
Kwame Kofi Kojo Ama Akua Chinedu Chukwuemeka Emeka Ifeanyi Ikechukwu Nnamdi Obinna Olufemi Oluwaseun Tunde Adebayo Ayodele Babatunde
Chiamaka Chidinma Ngozi Adaeze Folake Funmilayo Yetunde Temitope Thabo Sipho Themba Nomsa Lindiwe Thandiwe Zanele Mandla Bongani
Wanjiku Kamau Otieno Achieng Njoroge Mwangi Wambui Tendai Tatenda Farai Rudo Abebe Tesfaye Haile Almaz Selam
`;

/** Names of which nothing else is known to be called. */
export const FIRST_NAMES: readonly string[] = [...new Set(NAMES.trim().split(/\s+/))];

/** Names that are also words, months, places or titles: they count for less, and only before a likely surname. */
export const AMBIGUOUS_NAMES: readonly string[] = (
  "Will Mark May June Grace Hope Faith Rose Joy Summer Autumn Eve Art Bill Grant Chase Drew Jack Rob Gene Ray Max Dean Guy Miles Penny " +
  "Ivy Iris Ruby Jordan Chad Georgia Virginia Austin Dallas Houston Sydney Paris Brooklyn Chris Faith Olive Lily Willow Robin Skip Buddy " +
  "Rich Pierce Forest Sky Sandy Ginger Melody Harmony Trinity Charity Patience Sterling Chance Ace Major Mercy Clay Cliff Dick Duke Earl " +
  "Frank Glen Heath Jasper Kit Lance Norm Pat Reed Rusty Sonny Stone Ty Van Ward Wade Webb Angel Dawn Crystal Amber April Daisy Violet " +
  "Holly Jade Pearl Hazel Dale Gail Heather Destiny Genesis Carol Kim Jay Sue Jean Roman Christian Martin Hunter Mason Carter Cole Perry " +
  "Madison Lincoln Kennedy Florence Victoria Charlotte Savannah Regina Santiago Israel Lourdes Mercedes Geneva Aurora Diego Troy Jo Don " +
  "Sierra Mark Nova Ram Nur Ming Jian Lei Hao Sem Per Els Tor Raj Wei Ren Mei Ana Eva Ida Ole Cem Ion Bas Pim Milan Sultan Krishna"
).split(" ");
