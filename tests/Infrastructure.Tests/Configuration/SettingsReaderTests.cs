using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Configuration;

[Trait("fault", "c2c-24")]
public sealed class SettingsReaderTests
{
    [Fact]
    public void Takes_an_empty_value_for_unset()
    {
        SettingsReader reader = new Variables { ["COUNT"] = "", ["WORDS"] = "", ["KIND"] = "" }.Reader();

        reader.Number("COUNT", 7, 1, 9, "").Should().Be(7);
        reader.Text("WORDS", "as before", "").Should().Be("as before");
        reader.Choice("KIND", ["one", "two"], "").Should().Be("one");
        reader.Mistakes.Should().BeEmpty();
    }

    [Fact]
    public void Takes_what_is_set()
    {
        SettingsReader reader = new Variables { ["COUNT"] = "9", ["ZERO"] = "0", ["WORDS"] = " a b ", ["KIND"] = "TWO" }.Reader();

        reader.Number("COUNT", 7, 1, 9, "").Should().Be(9);
        reader.Number("ZERO", 8080, 0, 65535, "").Should().Be(0);
        reader.Text("WORDS", "as before", "").Should().Be(" a b ");
        reader.Choice("KIND", ["one", "two"], "").Should().Be("two");
        reader.Mistakes.Should().BeEmpty();
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    [InlineData("0", true, false)]
    [InlineData("1", false, true)]
    public void Turns_on_in_development_what_is_unset(string? value, bool isDevelopment, bool expected)
    {
        SettingsReader reader = new Variables { ["PAGE"] = value }.Reader(isDevelopment);

        reader.Flag("PAGE", "", inDevelopment: true).Should().Be(expected);
        reader.Flag("OTHER", "").Should().BeFalse();
    }

    [Theory]
    [InlineData("forty")]
    [InlineData("4.5")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("4 000")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("99999999999999999999")]
    public void Refuses_a_number_that_is_none_or_out_of_range(string text)
    {
        SettingsReader reader = new Variables { ["COUNT"] = text }.Reader();

        reader.Number("COUNT", 40, 1, 1000, "").Should().Be(40, "reading goes on with the default");

        reader.Mistakes.Should().Equal($"COUNT: '{text}' is not a whole number from 1 to 1000; for example 40");
    }

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\n", "secret")]
    [InlineData("two words\r\n", "two words")]
    [InlineData(" geheim\u00fc \n", " geheim\u00fc ")]
    public void Takes_a_secret_from_a_file(string content, string expected)
    {
        using TempFolder folder = new();
        string path = folder.Write("secret", System.Text.Encoding.UTF8.GetBytes(content));
        SettingsReader reader = new Variables { ["KEY_FILE"] = path }.Reader();

        reader.Secret("KEY", "").Should().Be(expected);
        reader.RequiredSecret("KEY", "", "", "").Should().Be(expected);
        reader.Mistakes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "is empty")]
    [InlineData(null, "does not exist; make it, or mount it")]
    [InlineData("large", "is too large for a secret")]
    public void Refuses_a_file_that_holds_no_secret(string? content, string problem)
    {
        using TempFolder folder = new();
        string path = folder.File("secret");
        if (content is not null)
        {
            File.WriteAllText(path, content == "large" ? new string('x', 20_000) : content);
        }

        SettingsReader reader = new Variables { ["KEY_FILE"] = path }.Reader();

        reader.RequiredSecret("KEY", "", "", "").Should().BeNull();
        reader.Mistakes.Should().Equal($"KEY_FILE: the file '{path}' {problem}");
    }

    [Fact]
    public void Refuses_a_folder_in_place_of_a_secret_and_two_of_one()
    {
        using TempFolder folder = new();
        SettingsReader reader = new Variables { ["KEY_FILE"] = folder.Path, ["OTHER"] = "a", ["OTHER_FILE"] = "/b" }.Reader();

        reader.Secret("KEY", "").Should().BeNull();
        reader.Secret("OTHER", "").Should().BeNull();

        reader.Mistakes.Should().Equal(
            $"KEY_FILE: the file '{folder.Path}' can't be read by the user '{Environment.UserName}'",
            "OTHER_FILE: OTHER is set, too; leave out one of the two");
    }

    [Fact]
    public void Refuses_a_word_that_is_no_choice()
    {
        SettingsReader reader = new Variables { ["KIND"] = "three" }.Reader();

        reader.Choice("KIND", ["one", "two"], "");

        reader.Mistakes.Should().Equal("KIND: 'three' is not one of: one, two");
    }

    [Fact]
    public void Notes_every_mistake_and_shows_all_at_once()
    {
        SettingsReader reader = new Variables { ["A"] = "x", ["B"] = "y" }.Reader();
        reader.Number("A", 1, 1, 9, "");
        reader.Number("B", 1, 1, 9, "");
        reader.Required("C", "", "a random one", "secret");

        Action act = reader.ThrowIfInvalid;

        act.Should().Throw<SettingsException>().Which.Mistakes.Select(mistake => mistake[..2]).Should().Equal("A:", "B:", "C:");
    }

    [Fact]
    public void Throws_nothing_without_a_mistake() => new Variables().Reader().Invoking(reader => reader.ThrowIfInvalid()).Should().NotThrow();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Asks_for_what_is_required_outside_development_only(string? value)
    {
        SettingsReader forReal = new Variables { ["NAME"] = value }.Reader();
        SettingsReader triedOut = new Variables { ["NAME"] = value }.Reader(isDevelopment: true);

        forReal.Required("NAME", "", "a random one", "something").Should().BeNull();
        triedOut.Required("NAME", "", "a random one", "something").Should().BeNull();

        forReal.Mistakes.Should().Equal("NAME: is not set; for example NAME=something");
        triedOut.Mistakes.Should().BeEmpty();
    }
}
