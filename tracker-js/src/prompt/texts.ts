/** The question in the languages it is known in. */

export interface Words {
  lang: string;
  dir: "ltr" | "rtl";
  title: string;
  text: string;
  no: string;
  yes: string;
  privacy: string;
}

type Row = [title: string, text: string, no: string, yes: string, privacy: string];

/** By language; the first is for everyone else. */
const TEXTS: Record<string, Row> = {
  en: [
    "Recording of your visit",
    "May we record how you use this site, so that we can improve it? Passwords are never recorded. You can change your mind at any time.",
    "Refuse", "Allow", "Privacy policy",
  ],
  de: [
    "Aufzeichnung Ihres Besuchs",
    "Dürfen wir aufzeichnen, wie Sie diese Website nutzen, um sie zu verbessern? Passwörter werden nie aufgezeichnet. Sie können Ihre Entscheidung jederzeit ändern.",
    "Ablehnen", "Erlauben", "Datenschutzerklärung",
  ],
  fr: [
    "Enregistrement de votre visite",
    "Pouvons-nous enregistrer la façon dont vous utilisez ce site afin de l’améliorer ? Les mots de passe ne sont jamais enregistrés. Vous pouvez changer d’avis à tout moment.",
    "Refuser", "Autoriser", "Politique de confidentialité",
  ],
  es: [
    "Grabación de su visita",
    "¿Podemos grabar cómo utiliza este sitio para mejorarlo? Las contraseñas nunca se graban. Puede cambiar de opinión en cualquier momento.",
    "Rechazar", "Permitir", "Política de privacidad",
  ],
  it: [
    "Registrazione della visita",
    "Possiamo registrare come utilizza questo sito per migliorarlo? Le password non vengono mai registrate. Può cambiare idea in qualsiasi momento.",
    "Rifiuta", "Consenti", "Informativa sulla privacy",
  ],
  nl: [
    "Opname van uw bezoek",
    "Mogen we vastleggen hoe u deze website gebruikt, zodat we die kunnen verbeteren? Wachtwoorden worden nooit vastgelegd. U kunt op elk moment van gedachten veranderen.",
    "Weigeren", "Toestaan", "Privacyverklaring",
  ],
  pt: [
    "Gravação da sua visita",
    "Podemos gravar a forma como utiliza este site para o melhorar? As palavras-passe nunca são gravadas. Pode mudar de ideias a qualquer momento.",
    "Recusar", "Permitir", "Política de privacidade",
  ],
  pl: [
    "Nagrywanie wizyty",
    "Czy możemy zapisywać, w jaki sposób korzystasz z tej strony, aby ją ulepszać? Hasła nigdy nie są zapisywane. W każdej chwili możesz zmienić zdanie.",
    "Odmawiam", "Zgadzam się", "Polityka prywatności",
  ],
  sv: [
    "Inspelning av ditt besök",
    "Får vi spela in hur du använder webbplatsen så att vi kan förbättra den? Lösenord spelas aldrig in. Du kan ändra dig när som helst.",
    "Neka", "Tillåt", "Integritetspolicy",
  ],
  da: [
    "Optagelse af dit besøg",
    "Må vi optage, hvordan du bruger webstedet, så vi kan forbedre det? Adgangskoder optages aldrig. Du kan til enhver tid ombestemme dig.",
    "Afvis", "Tillad", "Privatlivspolitik",
  ],
  nb: [
    "Opptak av besøket ditt",
    "Kan vi ta opp hvordan du bruker nettstedet, slik at vi kan forbedre det? Passord blir aldri tatt opp. Du kan ombestemme deg når som helst.",
    "Avslå", "Tillat", "Personvernerklæring",
  ],
  fi: [
    "Käynnin tallennus",
    "Saammeko tallentaa, miten käytät tätä sivustoa, jotta voimme parantaa sitä? Salasanoja ei koskaan tallenneta. Voit muuttaa mieltäsi milloin tahansa.",
    "Kiellä", "Salli", "Tietosuojaseloste",
  ],
  cs: [
    "Záznam vaší návštěvy",
    "Smíme zaznamenávat, jak tento web používáte, abychom jej mohli zlepšovat? Hesla se nikdy nezaznamenávají. Své rozhodnutí můžete kdykoli změnit.",
    "Odmítnout", "Povolit", "Zásady ochrany osobních údajů",
  ],
  ja: [
    "閲覧の記録について",
    "サイト改善のため、このサイトのご利用状況を記録してもよろしいですか。パスワードは一切記録されません。選択はいつでも変更できます。",
    "拒否する", "許可する", "プライバシーポリシー",
  ],
  zh: [
    "访问记录",
    "为改进本网站，我们可以记录您的使用情况吗？密码绝不会被记录。您可以随时更改选择。",
    "拒绝", "允许", "隐私政策",
  ],
  ar: [
    "تسجيل زيارتك",
    "هل تسمح لنا بتسجيل كيفية استخدامك لهذا الموقع من أجل تحسينه؟ لا تُسجَّل كلمات المرور أبدًا. يمكنك تغيير رأيك في أي وقت.",
    "رفض", "سماح", "سياسة الخصوصية",
  ],
};

/** The words of the first language that is known. */
export function choose(languages: readonly string[]): Words {
  const short = languages.map((l) => l.toLowerCase().split("-")[0]?.replace(/^n[no]$/, "nb") ?? "");
  const lang = short.find((l) => Object.hasOwn(TEXTS, l)) ?? "en";
  const [title, text, no, yes, privacy] = TEXTS[lang] as Row;
  return { lang, dir: lang === "ar" ? "rtl" : "ltr", title, text, no, yes, privacy };
}

/** Every language, for tests. */
export const LANGUAGES = Object.keys(TEXTS);
