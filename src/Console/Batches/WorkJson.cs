using System.Text.Json;
using System.Text.Json.Serialization;
using ImageBackend.Domain;

namespace ImageBackend.Cli.Batches;

/// <summary>How an <see cref="IBatchWork"/> is written down.</summary>
internal static class WorkJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new FormatConverter() } };

    /// <summary>A format by its extension.</summary>
    private sealed class FormatConverter : JsonConverter<ImageFormat>
    {
        public override ImageFormat Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ImageFormat.TryFromExtension(reader.GetString() ?? "", out ImageFormat? format)
                ? format
                : throw new JsonException($"'{reader.GetString()}' is not the extension of a format.");

        public override void Write(Utf8JsonWriter writer, ImageFormat value, JsonSerializerOptions options) => writer.WriteStringValue(value.Extension);
    }
}
