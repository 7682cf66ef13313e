using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Tests.Configuration;

public sealed class VariableCheckTests
{
    [Theory]
    [InlineData("ACTIVE_FOLDR", "ACTIVE_FOLDER")]
    [InlineData("ACTIVE_FOLDERS", "ACTIVE_FOLDER")]
    [InlineData("ACITVE_FOLDER", "ACTIVE_FOLDER")]
    [InlineData("MAX_UPLOAD_BYTE", "MAX_UPLOAD_BYTES")]
    [InlineData("service-port", "SERVICE_PORT")]
    public void Warns_of_a_near_miss(string name, string meant) =>
        Warnings(new Variables { [name] = "something" }).Should().Equal($"{name} is not a setting; did you mean {meant}?");

    [Fact]
    public void Is_silent_about_all_that_has_nothing_to_do_with_this_program() =>
        Warnings(new Variables { ["PATH"] = "/bin", ["HOME"] = "/root", ["TEMP"] = "/tmp", ["KUBERNETES_SERVICE_PORT"] = "443", ["ACTIVE_FOLDER"] = "/a" }).Should().BeEmpty();

    [Fact]
    public void Is_silent_about_a_near_miss_without_a_value() => Warnings(new Variables { ["ACTIVE_FOLDR"] = "" }).Should().BeEmpty();

    [Fact]
    public void Names_the_predecessors_variables_that_nothing_reads_in_one_line()
    {
        Variables variables = new()
        {
            ["PREFER_IDENTIFY_OVER_FILE"] = "1",
            ["RESIZING_CONFIG"] = "",
            ["ACTIVE_FOLDER"] = "/a",
            ["THUMBNAILS_PUBLISH_DELAY"] = "x",
        };

        Warnings(variables).Should().Equal("Set, but without effect in this version: PREFER_IDENTIFY_OVER_FILE, THUMBNAILS_PUBLISH_DELAY.");
    }

    private static IEnumerable<string> Warnings(Variables variables)
    {
        SettingsReader reader = SettingsReader.OfNothing();
        ServiceSettings.Read(reader);
        BackendSettings.Read(reader);
        return VariableCheck.Warnings(variables.ToConfiguration(), reader.Declarations);
    }
}
