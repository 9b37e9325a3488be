//! Whether words are of another language than English, told by its small words.

/// Small words and frequent verbs of German, French, Spanish, Italian, Portuguese and Dutch that English does not have.
const OTHERS: &str = " und ist sind nicht ich wir mir mich dir welche welcher welches wer wie wo wann warum heute morgen gestern \
     aufgabe aufgaben projekt projekte zeige zeig alle bitte für mit von zum zur auf bis eine einen einem kannst erledige \
     erstelle füge hinzu verschiebe fällig überfällig offen offene diese dieser woche das der den dem \
     le les une des du est sont qui que quoi quel quelle quels quelles pour avec dans sur aux aujourd'hui demain hier tâche \
     tâches projet projets montre montrez ajoute ajouter crée créer retard cette semaine mes moi qu'est-ce \
     el los las una uno es está están qué que quién cuál cuáles cuándo dónde cómo para con por hoy mañana ayer tarea tareas \
     proyecto proyectos muestra muéstrame crear crea añade añadir agrega atrasado atrasadas atrasada esta semana llamada \
     cosa quali quale chi sono il gli della dello per oggi domani attività progetto progetti mostra mostrami aggiungi questa \
     settimana scade ritardo o que quais são estão tarefa tarefas projeto projetos hoje amanhã minhas meus mostrar adicionar \
     wat welke wie zijn niet het een van voor vandaag morgen taak taken laat zien alle mijn deze er ";
/// Words that make a sentence English.
const ENGLISH: &str = " the is are what who when where how why which a an of in on for with from to and or not my our your it \
     this that these those i we you do does did has have can could should would please show list give tell find add create \
     make move set complete finish mark assign delete remove change open close run start stop all any every every due \
     overdue late task tasks project projects team week today tomorrow yesterday ";
/// So few words are another language's when one of them is.
const FEW: usize = 4;

/// Whether `text` is not English.
pub(crate) fn is_other(text: &str) -> bool {
    if text.contains(['¿', '¡']) || is_other_script(text) {
        return true;
    }
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let words: Vec<&str> = lower
        .split(|it: char| !(it.is_alphanumeric() || matches!(it, '\'' | '-')))
        .filter(|it| !it.is_empty())
        .collect();
    let count = |known: &str| {
        words.iter().filter(|it| known.split_whitespace().any(|one| one == **it)).count()
    };
    let (other, english) = (count(OTHERS), count(ENGLISH));
    other > english && (other > 1 || words.len() <= FEW)
}

/// Most of its letters are not Latin.
fn is_other_script(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|it| it.is_alphabetic()).collect();
    let other = letters.iter().filter(|it| **it > '\u{24F}').count();
    other > 0 && other * 2 > letters.len()
}

#[cfg(test)]
mod tests {
    use super::is_other;

    #[test]
    fn other_languages_are_told_from_english_with_foreign_names() {
        for said in [
            "was ist überfällig?",
            "Welche Aufgaben sind heute fällig?",
            "zeige mir alle Projekte",
            "¿Qué está atrasado?",
            "crear una tarea llamada Revisar el texto",
            "Qu’est-ce qui est en retard ?",
            "Ajoute une tâche pour Theo",
            "Cosa scade questa settimana?",
            "Wat is er te laat?",
            "Quais tarefas são para hoje?",
            "Что просрочено?",
            "期限切れは何ですか",
        ] {
            assert!(is_other(said), "{said}");
        }
        for said in [
            "what is the weather?",
            "order lunch for José and Müller",
            "book the flight to La Paz with Los Pollos",
            "asdf",
            "sing me a song about El Niño",
            "play das Boot for me",
            "which wine goes with der Braten",
        ] {
            assert!(!is_other(said), "{said}");
        }
    }
}
