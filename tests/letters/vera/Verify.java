import java.io.FileInputStream;
import java.util.Set;
import java.util.TreeSet;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;

/** Says of each file whether it passes each flavour (2a, ua1), with the rules that failed. */
public class Verify {
  private static final String PROFILES = "/org/verapdf/pdfa/validation/";

  public static void main(String[] args) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    for (String name : args[0].split(",")) {
      String file = name.equals("ua1") ? "PDFUA-1.xml" : "PDFA-" + name.toUpperCase() + ".xml";
      ValidationProfile profile =
          Profiles.profileFromXml(Verify.class.getResourceAsStream(PROFILES + file));
      for (int at = 1; at < args.length; at++) {
        System.out.println(verdict(name, profile, args[at]));
      }
    }
  }

  private static String verdict(String name, ValidationProfile profile, String path)
      throws Exception {
    PDFAFlavour flavour = PDFAFlavour.fromString(name);
    try (FileInputStream in = new FileInputStream(path);
        PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
        PDFAValidator validator = ValidatorFactory.createValidator(profile, 100, false)) {
      ValidationResult result = validator.validate(parser);
      Set<String> failed = new TreeSet<>();
      for (TestAssertion one : result.getTestAssertions()) {
        if (one.getStatus() == TestAssertion.Status.FAILED) {
          failed.add(one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber());
        }
      }
      return (result.isCompliant() ? "PASS " : "FAIL ") + name + " " + path + " " + failed;
    }
  }
}
